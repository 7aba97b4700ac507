namespace KvpRpc.Driver;

/// <summary>What another thread asks the driver's loop to do; the engine belongs to the loop alone.</summary>
internal readonly record struct DriverCommand(DriverCommandKind Kind, DriverStream? Stream)
{
    internal ReadOnlyMemory<byte> Message { get; init; }

    internal bool EndOfStream { get; init; }

    /// <summary>Gets the reset code, or the size of the consumed message.</summary>
    internal uint Number { get; init; }
}

/// <summary>The kinds of command.</summary>
internal enum DriverCommandKind
{
    /// <summary>Send a message on a stream, which opens it if it is the first.</summary>
    Send,

    /// <summary>End the own direction of a stream.</summary>
    End,

    /// <summary>Reset a stream.</summary>
    Reset,

    /// <summary>Give the credit of a received message back.</summary>
    Consume,

    /// <summary>Close the channel.</summary>
    Close,
}
