using System.Text.Json.Serialization;

namespace KvpRpc.Cli.Decode;

/// <summary>How an explanation is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Explanation))]
internal sealed partial class DecodeJson : JsonSerializerContext;
