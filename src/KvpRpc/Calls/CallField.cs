namespace KvpRpc.Calls;

/// <summary>The numbers of the fields in a message's header. The protocol's: <c>protocol/calls.md</c>, section
/// 4.</summary>
internal enum CallField
{
    Deadline = 1,
    PreviousAttempts = 2,
    IdempotencyId = 3,
    TraceParent = 4,
    TraceState = 5,
    Metadata = 6,
    Status = 7,
    StatusMessage = 8,
    StatusDetails = 9,
    NotRun = 10,
    RetryAfter = 11,
    Argument = 12,
    Listening = 13,
    Credit = 14,
    FirstLink = 15,
    FirstStream = 16,
    Compression = 17,
}
