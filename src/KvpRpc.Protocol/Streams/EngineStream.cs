using KvpRpc.Protocol.Frames;

namespace KvpRpc.Protocol.Streams;

/// <summary>One stream of a link: what is to be sent, what is being received, and both directions' credit.</summary>
/// <remarks>Only <see cref="StreamSet"/> and its parts change it. Offsets count what a stream has cost since it opened:
/// the bytes of its messages plus <see cref="MessageCost"/> for each, so that empty messages are bounded too.</remarks>
internal sealed class EngineStream(StreamSet set, string name, byte priority, bool isOwn)
{
    /// <summary>What a message costs beside its bytes.</summary>
    internal const int MessageCost = 16;

    /// <summary>Gets the streams of the link it belongs to.</summary>
    internal StreamSet Set { get; } = set;

    internal string Name { get; } = name;

    internal byte Priority { get; } = priority;

    /// <summary>Gets whether this side opened it.</summary>
    internal bool IsOwn { get; } = isOwn;

    /// <summary>Gets or sets what the driver keeps with the stream.</summary>
    internal object? Owner { get; set; }

    /// <summary>Gets or sets the number on the wire; null until the first frame is issued.</summary>
    internal ulong? Id { get; set; }

    /// <summary>Gets or sets the number of the packet that opened it; 0 for a stream of the peer, or one never
    /// issued.</summary>
    internal ulong OpenedIn { get; set; }

    internal bool IsClosed { get; set; }

    // Sending.
    internal bool HasPending { get; set; }

    internal ReadOnlyMemory<byte> Pending { get; set; }

    /// <summary>Gets or sets whether what is pending is only the end of the direction, without a message.</summary>
    internal bool PendingIsBareEnd { get; set; }

    internal bool PendingEndsStream { get; set; }

    internal int PendingSent { get; set; }

    internal bool PendingBegun { get; set; }

    internal long SendOffset { get; set; }

    internal long SendLimit { get; set; }

    internal bool SendEnded { get; set; }

    internal bool IsQueued { get; set; }

    // Receiving.
    internal byte[]? Assembly { get; set; }

    internal int AssemblyFilled { get; set; }

    internal int AssemblyLength { get; set; }

    internal long ReceiveOffset { get; set; }

    internal long ReceiveLimit { get; set; }

    /// <summary>Gets or sets the cost of all messages handed to the driver.</summary>
    internal long DeliveredOffset { get; set; }

    /// <summary>Gets or sets the cost of all messages that the application is done with.</summary>
    internal long ConsumedOffset { get; set; }

    /// <summary>Gets or sets whether the peer may open another stream in place of this one.</summary>
    internal bool CountedGone { get; set; }

    /// <summary>Gets or sets how much of the link's budget is set aside for the message being received.</summary>
    internal int Reserved { get; set; }

    /// <summary>Gets or sets whether memory is set aside for the whole of the message being received.</summary>
    internal bool IsAssemblyReserved { get; set; }

    /// <summary>Gets or sets whether the stream stands in line for the link's budget.</summary>
    internal bool AwaitsBudget { get; set; }

    internal bool ReceiveEnded { get; set; }

    internal bool CreditDue { get; set; }

    internal int PendingRemaining => Pending.Length - PendingSent;

    /// <summary>Gets how many bytes of what is pending may go now; -1 when not even an empty part may.</summary>
    internal long Sendable
    {
        get
        {
            if (!HasPending)
                return -1;
            if (PendingIsBareEnd)
                return 0;
            long room = SendLimit - SendOffset - (PendingBegun ? 0 : MessageCost);
            return room < 0 || (room == 0 && PendingRemaining > 0) ? -1 : Math.Min(room, PendingRemaining);
        }
    }

    internal StreamFlags PendingEndFlags =>
        (PendingIsBareEnd ? StreamFlags.None : StreamFlags.EndOfMessage)
        | (PendingEndsStream ? StreamFlags.EndOfStream : StreamFlags.None);
}
