import os

for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ[name] = "http://127.0.0.1:9"
os.environ.update(TZ="Pacific/Apia", LC_ALL="tr_TR.UTF-8", PYTHONPATH="/nowhere")

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
