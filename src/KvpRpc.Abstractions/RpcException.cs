namespace KvpRpc;

/// <summary>A call that did not succeed. A handler throws it to end its call with a status.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Initializes an exception with <see cref="StatusCode.Unknown"/>.</summary>
    public RpcException()
        : this(StatusCode.Unknown, "The call failed.")
    {
    }

    /// <summary>Initializes an exception with <see cref="StatusCode.Unknown"/>.</summary>
    public RpcException(string message)
        : this(StatusCode.Unknown, message)
    {
    }

    /// <summary>Initializes an exception with <see cref="StatusCode.Unknown"/> and its cause.</summary>
    public RpcException(string message, Exception innerException)
        : this(StatusCode.Unknown, message, innerException: innerException)
    {
    }

    /// <summary>Initializes an exception with a status.</summary>
    /// <param name="statusCode">Any code but <see cref="StatusCode.Ok"/>.</param>
    /// <param name="message">What happened, for people; it crosses to the caller.</param>
    /// <param name="certainlyNotRun">Whether the call certainly did not run.</param>
    /// <param name="innerException">The cause; it does not cross.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="statusCode"/> is Ok.</exception>
    public RpcException(
        StatusCode statusCode,
        string message,
        bool certainlyNotRun = false,
        Exception? innerException = null)
        : base(message, innerException)
    {
        if (statusCode == StatusCode.Ok)
            throw new ArgumentOutOfRangeException(nameof(statusCode), "A call that succeeded is no error.");
        StatusCode = statusCode;
        CertainlyNotRun = certainlyNotRun;
    }

    /// <summary>Gets how the call ended.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>Gets whether the call certainly did not run, so that sending it again cannot run it twice.</summary>
    public bool CertainlyNotRun { get; }

    /// <summary>Gets after what time another attempt is welcome, at most 49 days; <see
    /// cref="System.Threading.Timeout.InfiniteTimeSpan"/>: none is; null: nothing is said. It crosses to the caller in
    /// whole milliseconds, rounded up, and the caller's retries keep to it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets what is said of the error for programs: objects of the well-known types <see
    /// cref="RpcErrorInfo"/>, <see cref="RpcInvalidArguments"/>, <see cref="RpcExceptionInfo"/>, <see
    /// cref="RpcContractMismatch"/>, and of types that both sides have registered. Others do not cross. They may have
    /// some 4,000 bytes in all.</summary>
    public IReadOnlyList<object> Details { get; init; } = [];

    /// <summary>Gets the metadata that came, or shall go, with the error.</summary>
    public RpcMetadata Trailers { get; init; } = RpcMetadata.Empty;

    /// <summary>Gets the first of the details that has this type; null if none has.</summary>
    public T? GetDetail<T>()
        where T : class => Details.OfType<T>().FirstOrDefault();
}
