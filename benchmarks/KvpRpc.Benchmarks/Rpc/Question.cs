using MessagePack;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>A small request.</summary>
[MessagePackObject]
public sealed record Question([property: Key(0)] int Id, [property: Key(1)] string Text);
