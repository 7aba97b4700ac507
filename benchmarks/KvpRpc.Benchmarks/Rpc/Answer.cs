using MessagePack;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>A small response.</summary>
[MessagePackObject]
public sealed record Answer([property: Key(0)] int Id, [property: Key(1)] string Text);
