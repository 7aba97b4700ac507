namespace KvpRpc;

/// <summary>How a call ended: the codes of gRPC, with their numbers and meanings.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The call was cancelled, typically by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error without a better code: the handler threw.</summary>
    Unknown = 2,

    /// <summary>The arguments are wrong, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended; it may have run.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the call asks for does not exist.</summary>
    NotFound = 5,

    /// <summary>What the call should create exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit was reached: message size, concurrent calls, quota.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was aborted, typically by a conflict with another.</summary>
    Aborted = 10,

    /// <summary>The call went past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The service or method is not there.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken: bytes that cannot be read, a bug.</summary>
    Internal = 13,

    /// <summary>The peer cannot be reached, or was lost while the call ran.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt for good.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
