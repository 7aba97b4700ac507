using KvpRpc.Links;

namespace KvpRpc.Emulator;

/// <summary>What a <see cref="KvpTestPair"/> is like.</summary>
public sealed record KvpTestPairOptions
{
    /// <summary>Gets what the host's side offers: called with each of its lives, before it takes calls.</summary>
    public Action<RpcPeer>? Host { get; init; }

    /// <summary>Gets what the guest's side offers: called with each of its lives, before it takes calls.</summary>
    public Action<RpcPeer>? Guest { get; init; }

    /// <summary>Gets how both sides keep their links.</summary>
    public KvpLinkOptions Links { get; init; } = new();

    /// <summary>Gets how both sides make and take calls.</summary>
    public RpcPeerOptions Calls { get; init; } = new();

    /// <summary>Gets the clock of everything: links, calls and faults. With one that the test moves, see <see
    /// cref="KvpTestPair.RunAsync"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the number that decides which faults happen: print it when a test fails, and it fails
    /// again.</summary>
    public int Seed { get; init; } = 1;
}
