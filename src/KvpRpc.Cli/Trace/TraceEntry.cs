using System.Text.Json.Serialization;

namespace KvpRpc.Cli.Trace;

/// <summary>One change of one item: a line of a recording.</summary>
/// <param name="Time">When it was seen.</param>
/// <param name="Table">Whose table it is: <see cref="Host"/> or <see cref="Guest"/>.</param>
/// <param name="Key">The item's key.</param>
/// <param name="Text">What it holds now; null when it is gone.</param>
internal sealed record TraceEntry(DateTimeOffset Time, string Table, string Key, string? Text)
{
    internal const string Host = "host";
    internal const string Guest = "guest";
}

/// <summary>How a recording is spelled: one JSON object a line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TraceEntry))]
internal sealed partial class TraceJson : JsonSerializerContext;
