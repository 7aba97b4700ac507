using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>What an application knows of one of its calls, made or served; part of the peer's state, so a rollback
/// undoes it.</summary>
internal sealed class CallRecord(EngineStream stream, bool isOwn)
{
    internal EngineStream Stream { get; } = stream;

    internal bool IsOwn { get; } = isOwn;

    /// <summary>Gets or sets the call's name, unique over all peers, timelines and links.</summary>
    internal ulong Id { get; set; }

    internal int MessagesLeft { get; set; }

    internal int MessageBytes { get; set; }

    internal int RepliesWanted { get; set; }

    internal int ReplyBytes { get; set; }

    internal bool EndsBarely { get; set; }

    internal uint Sent { get; set; }

    internal uint Received { get; set; }

    /// <summary>Gets or sets the hash of all messages sent: each message names it, so order and history can be
    /// checked.</summary>
    internal ulong SendChain { get; set; }

    internal ulong ReceiveChain { get; set; }

    internal bool HasAllRequests { get; set; }
}
