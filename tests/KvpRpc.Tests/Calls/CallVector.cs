using System.Text.Json;
using KvpRpc.Protocol.Tests.Vectors;

namespace KvpRpc.Tests.Calls;

/// <summary>One message of <c>protocol/vectors/calls.json</c>.</summary>
public sealed record CallVector
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public required string Name { get; init; }

    public required string Kind { get; init; }

    public required string Bytes { get; init; }

    public bool ReadOnly { get; init; }

    public string Payload { get; init; } = string.Empty;

    public uint? DeadlineMilliseconds { get; init; }

    public uint PreviousAttempts { get; init; }

    public string IdempotencyId { get; init; } = string.Empty;

    public string TraceParent { get; init; } = string.Empty;

    public string TraceState { get; init; } = string.Empty;

    public string[][] Metadata { get; init; } = [];

    public uint Status { get; init; }

    public string StatusMessage { get; init; } = string.Empty;

    public string StatusDetails { get; init; } = string.Empty;

    public bool NotRun { get; init; }

    public uint? RetryAfterMilliseconds { get; init; }

    public uint Argument { get; init; }

    public uint Listening { get; init; }

    public uint Credit { get; init; }

    public uint? FirstLink { get; init; }

    public ulong FirstStream { get; init; }

    public uint Compression { get; init; }

    public bool Compressed { get; init; }

    internal byte[] Message => Convert.FromHexString(Bytes);

    internal static CallVector Find(string name) =>
        LoadFile().Messages.Concat(LoadFile().Refused).Single(vector => vector.Name == name);

    internal static (CallVector[] Messages, CallVector[] Refused) LoadFile() => (Load("messages"), Load("refused"));

    internal static CallVector[] LoadBroken() => Load("broken");

    public override string ToString() => Name;

    private static CallVector[] Load(string list) =>
    [
        .. VectorFile.Read("calls.json", list)
            .Select(entry => entry.Value.Deserialize<CallVector>(Options)! with { Name = entry.Key }),
    ];
}
