namespace KvpRpc.Emulator;

/// <summary>What an emulated Hyper-V host is like. Shared by all its virtual machines.</summary>
public sealed record EmulatedHyperVOptions
{
    /// <summary>Gets the clock of everything in the emulator: costs, jobs, timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the build number of the host's Windows: 9200 (Server 2012), 9600 (2012 R2), 14393 (2016),
    /// 17763 (2019), 20348 (2022), 26100 (2025). Return codes depend on it.</summary>
    /// <remarks>On 9200 removing an item that does not exist fails (32773). From 26100 on modifying one returns 32779
    /// instead of 32773; newer builds are known to do so, the first that does is not.</remarks>
    public int Build { get; init; } = 20348;

    /// <summary>Gets the name of the host, which guests see as <c>PhysicalHostName</c>.</summary>
    public string HostName { get; init; } = "EMULATED-HOST";

    /// <summary>Gets how long things take.</summary>
    public EmulatedCosts Costs { get; init; } = EmulatedCosts.None;

    /// <summary>Gets how long a job of the host service runs, or null: then its methods do their work before they
    /// return and start none. The items land when the job ends.</summary>
    public TimeSpan? JobDuration { get; init; }

    /// <summary>Gets how many host items one virtual machine takes; such a limit exists and is not
    /// documented.</summary>
    public int MaxHostItems { get; init; } = 4096;

    /// <summary>Gets what is left of a call of which an item is refused.</summary>
    public EmulatedBatchFailure BatchFailure { get; init; }

    /// <summary>Gets how <c>RemoveKvpItems</c> behaves.</summary>
    public EmulatedRemove Remove { get; init; }

    /// <summary>Gets after what time the host gives up a transaction that the guest does not answer. Hyper-V: 30
    /// seconds.</summary>
    public TimeSpan GuestTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
