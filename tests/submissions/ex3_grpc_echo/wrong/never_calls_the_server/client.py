import argparse

def run(target, timeout, message):
    print(message)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("message")
    args = parser.parse_args()
    run(args.target, args.timeout, args.message)
