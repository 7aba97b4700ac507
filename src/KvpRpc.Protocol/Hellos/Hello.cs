namespace KvpRpc.Protocol.Hellos;

/// <summary>What one side says of itself before a link is open: the content of its control item until then.</summary>
/// <remarks>A guest's hello that answers no host is a beacon: it says that a guest is there and asks for a host's
/// hello.</remarks>
internal sealed record Hello
{
    internal required byte MinVersion { get; init; }

    internal required byte MaxVersion { get; init; }

    internal required PeerRole Role { get; init; }

    /// <summary>Gets the id of this handshake attempt, drawn fresh for it: the side's incarnation on the
    /// channel.</summary>
    internal required UInt128 AttemptId { get; init; }

    /// <summary>Gets the attempt of the peer that this hello answers; zero for none.</summary>
    internal UInt128 AnsweredId { get; init; }

    /// <summary>Gets the ephemeral X25519 public key of the attempt, 32 bytes.</summary>
    internal required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>Gets the VM's id as its host knows it; null from a guest.</summary>
    internal Guid? VmId { get; init; }

    /// <summary>Gets what the side takes in and how it counts credit.</summary>
    internal required HelloLimits Limits { get; init; }

    /// <summary>Gets which alphabets the side can read: bit n for the alphabet of number n.</summary>
    internal byte Alphabets { get; init; } = 1;

    /// <summary>Gets whether the side mixes a pre-shared key into the handshake.</summary>
    internal bool UsesPreSharedKey { get; init; }

    /// <summary>Gets the link whose packets this same life of the side has accepted last; null in a first
    /// life.</summary>
    internal LastAccepted? LastAccepted { get; init; }

    /// <summary>Gets the implementation's name and version, for people; at most 64 bytes of UTF-8.</summary>
    internal string? Implementation { get; init; }
}

/// <summary>Limits that a hello announces; the peer keeps to them.</summary>
/// <param name="MaxMessageBytes">The largest message.</param>
/// <param name="StreamWindow">The credit of a new stream, in bytes.</param>
/// <param name="MaxStreams">How many streams of the peer may be open at a time.</param>
internal readonly record struct HelloLimits(uint MaxMessageBytes, uint StreamWindow, uint MaxStreams);

/// <summary>The last packet of an earlier link that a side has accepted (rule 11): those above it did not
/// arrive.</summary>
/// <param name="PeerAttemptId">The peer's attempt on that link.</param>
/// <param name="Number">The number of the last packet accepted; 0 for none.</param>
internal readonly record struct LastAccepted(UInt128 PeerAttemptId, ulong Number);

/// <summary>Which side of the channel: a host initiates, a guest answers.</summary>
internal enum PeerRole : byte
{
    Host = 0,
    Guest = 1,
}
