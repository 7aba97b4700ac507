using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Daemon;

/// <summary>How a guest with the real daemon is set up.</summary>
internal sealed record DaemonGuestOptions
{
    /// <summary>Gets the existing folder that the pool files are kept in; null for one in memory that goes with the
    /// guest.</summary>
    internal string? PoolFolder { get; init; }

    /// <summary>Gets the kernel that the guest's driver is like.</summary>
    internal KernelNls Nls { get; init; } = KernelNls.StopsAtWhatDoesNotFit;

    /// <summary>Gets how long the driver waits for the daemon's answer. Linux: 30 seconds.</summary>
    internal TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the clock that measures it.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
