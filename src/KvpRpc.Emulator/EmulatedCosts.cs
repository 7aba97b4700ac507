namespace KvpRpc.Emulator;

/// <summary>How long the emulated medium takes, on the emulator's clock. All zero unless set.</summary>
public sealed record EmulatedCosts
{
    /// <summary>Gets the costs of a medium that takes no time.</summary>
    public static EmulatedCosts None { get; } = new();

    /// <summary>Gets the time of one call that writes host items, whatever it holds.</summary>
    public TimeSpan HostWriteCall { get; init; }

    /// <summary>Gets the time that each item adds to a call that writes host items.</summary>
    public TimeSpan HostWriteItem { get; init; }

    /// <summary>Gets the time of one query of the host, for guest items or for host items.</summary>
    public TimeSpan HostReadCall { get; init; }

    /// <summary>Gets the time that each guest item adds to a query: one transaction with the guest.</summary>
    public TimeSpan HostReadItem { get; init; }
}
