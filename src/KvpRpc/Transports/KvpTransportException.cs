namespace KvpRpc.Transports;

/// <summary>A table could not be read, written or watched.</summary>
public sealed class KvpTransportException : Exception
{
    /// <summary>Initializes an exception with no details.</summary>
    public KvpTransportException()
        : this(KvpTransportError.Unavailable, "The KVP tables cannot be reached.")
    {
    }

    /// <summary>Initializes an exception of kind <see cref="KvpTransportError.Unavailable"/>.</summary>
    public KvpTransportException(string message)
        : this(KvpTransportError.Unavailable, message)
    {
    }

    /// <summary>Initializes an exception of kind <see cref="KvpTransportError.Unavailable"/> with its cause.</summary>
    public KvpTransportException(string message, Exception innerException)
        : this(KvpTransportError.Unavailable, message, innerException)
    {
    }

    /// <summary>Initializes an exception of this kind.</summary>
    /// <param name="error">What kind of error it is.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">What the platform said.</param>
    public KvpTransportException(KvpTransportError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Gets what kind of error it is.</summary>
    public KvpTransportError Error { get; }
}
