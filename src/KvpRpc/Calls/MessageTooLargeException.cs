namespace KvpRpc.Calls;

/// <summary>A message passed the limit while it was being written. It never leaves the library.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1064:Exceptions should be public", Justification = "It is caught in this library, always.")]
internal sealed class MessageTooLargeException : Exception
{
    public MessageTooLargeException()
        : base("The message is over the limit.")
    {
    }

    public MessageTooLargeException(string message)
        : base(message)
    {
    }

    public MessageTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
