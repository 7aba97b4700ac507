namespace KvpRpc.Links;

/// <summary>A link has ended, cannot open, or a stream was reset.</summary>
public sealed class KvpLinkException : Exception
{
    /// <summary>Initializes an exception with no details.</summary>
    public KvpLinkException()
        : this(KvpLinkError.LinkLost, "The link has ended.")
    {
    }

    /// <summary>Initializes an exception of kind <see cref="KvpLinkError.LinkLost"/>.</summary>
    public KvpLinkException(string message)
        : this(KvpLinkError.LinkLost, message)
    {
    }

    /// <summary>Initializes an exception of kind <see cref="KvpLinkError.LinkLost"/> with its cause.</summary>
    public KvpLinkException(string message, Exception innerException)
        : this(KvpLinkError.LinkLost, message, innerException: innerException)
    {
    }

    /// <summary>Initializes an exception of this kind.</summary>
    public KvpLinkException(
        KvpLinkError error,
        string message,
        bool certainlyNotDelivered = false,
        uint resetCode = 0,
        Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        CertainlyNotDelivered = certainlyNotDelivered;
        ResetCode = resetCode;
    }

    /// <summary>Gets what happened.</summary>
    public KvpLinkError Error { get; }

    /// <summary>Gets whether the peer certainly saw nothing of the stream: it is then safe to send it again.</summary>
    public bool CertainlyNotDelivered { get; }

    /// <summary>Gets the code of a reset by the peer.</summary>
    public uint ResetCode { get; }
}
