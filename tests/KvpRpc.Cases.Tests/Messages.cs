using MessagePack;

namespace KvpRpc.Cases.Tests;

/// <summary>A call of one message each way.</summary>
/// <param name="ResponseSize">How many bytes are to come back.</param>
/// <param name="Payload">Bytes to carry.</param>
/// <param name="Status">The status to end with; null to succeed.</param>
[MessagePackObject]
public sealed record SimpleRequest(
    [property: Key(0)] int ResponseSize, [property: Key(1)] byte[] Payload, [property: Key(2)] EchoStatus? Status);

/// <summary>What comes back.</summary>
/// <param name="Payload">As many bytes as were asked for.</param>
[MessagePackObject]
public sealed record SimpleResponse([property: Key(0)] byte[] Payload);

/// <summary>One message of a stream of requests, or the only one.</summary>
/// <param name="ResponseSizes">The sizes of the payloads to answer with, one item each.</param>
/// <param name="Payload">Bytes to carry.</param>
/// <param name="Status">The status to end with; null to go on.</param>
[MessagePackObject]
public sealed record StreamingRequest(
    [property: Key(0)] int[] ResponseSizes, [property: Key(1)] byte[] Payload, [property: Key(2)] EchoStatus? Status);

/// <summary>A status for the callee to end a call with.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">The message.</param>
[MessagePackObject]
public sealed record EchoStatus([property: Key(0)] int Code, [property: Key(1)] string Message);
