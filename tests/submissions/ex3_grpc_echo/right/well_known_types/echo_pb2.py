# A leftover: made by hand before I knew protoc. The real one is generated.
raise ImportError("stale")
