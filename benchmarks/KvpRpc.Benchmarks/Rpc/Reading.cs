using MessagePack;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>A small item of a stream.</summary>
[MessagePackObject]
public sealed record Reading([property: Key(0)] int Number, [property: Key(1)] double Value);
