namespace KvpRpc.Emulator.Port;

/// <summary>What the client of a guest port asks; one call of each may be under way.</summary>
internal enum PortOperation
{
    /// <summary>First of all: version and prefix; the answer holds the limits.</summary>
    Hello,

    /// <summary>The peer's table: its first part, or the next.</summary>
    ReadPeer,

    /// <summary>The own table: its first part, or the next.</summary>
    ReadOwn,

    /// <summary>A batch of own items.</summary>
    Write,

    /// <summary>Answered when the peer's table may have changed since the last read of it.</summary>
    Wait,
}
