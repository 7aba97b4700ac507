using MessagePack;

namespace KvpRpc.Cases.Tests;

/// <summary>A call of one message each way.</summary>
/// <param name="ResponseSize">How many bytes are to come back.</param>
/// <param name="Payload">Bytes to carry.</param>
/// <param name="Status">The status to end with; null to succeed.</param>
/// <param name="ResponseCompressed">Whether the response is to be compressed; null: as the service likes.</param>
/// <param name="ExpectCompressed">Whether this message should have come compressed; null: either.</param>
[MessagePackObject]
public sealed record SimpleRequest(
    [property: Key(0)] int ResponseSize,
    [property: Key(1)] byte[] Payload,
    [property: Key(2)] EchoStatus? Status,
    [property: Key(3)] bool? ResponseCompressed = null,
    [property: Key(4)] bool? ExpectCompressed = null);

/// <summary>What comes back.</summary>
/// <param name="Payload">As many bytes as were asked for.</param>
[MessagePackObject]
public sealed record SimpleResponse([property: Key(0)] byte[] Payload);

/// <summary>One message of a stream of requests, or the only one.</summary>
/// <param name="ResponseSizes">The sizes of the payloads to answer with, one item each.</param>
/// <param name="Payload">Bytes to carry.</param>
/// <param name="Status">The status to end with; null to go on.</param>
/// <param name="ResponsesCompressed">Whether each response is to be compressed; null: as the service likes.</param>
[MessagePackObject]
public sealed record StreamingRequest(
    [property: Key(0)] int[] ResponseSizes,
    [property: Key(1)] byte[] Payload,
    [property: Key(2)] EchoStatus? Status,
    [property: Key(3)] bool[]? ResponsesCompressed = null);

/// <summary>One message of a stream that is summed up.</summary>
/// <param name="Payload">Bytes to carry.</param>
/// <param name="ExpectCompressed">Whether the message should have come compressed; null: either.</param>
[MessagePackObject]
public sealed record StreamingInput(
    [property: Key(0)] byte[] Payload, [property: Key(1)] bool? ExpectCompressed = null);

/// <summary>A status for the callee to end a call with.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">The message.</param>
[MessagePackObject]
public sealed record EchoStatus([property: Key(0)] int Code, [property: Key(1)] string Message);
