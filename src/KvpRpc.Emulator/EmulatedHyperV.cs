using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;

namespace KvpRpc.Emulator;

/// <summary>An emulated Hyper-V host with virtual machines, for development and tests without Hyper-V.</summary>
/// <remarks>Host and guests live in this process; a guest's programs may also run in processes of their own:
/// <see cref="EmulatedVirtualMachine.OpenGuestPort"/>. Safe for use from several threads.</remarks>
public sealed class EmulatedHyperV : IKvpHypervisor, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<EmulatedVirtualMachine> _machines = [];
    private bool _isDisposed;

    /// <summary>Initializes a host without virtual machines.</summary>
    /// <param name="options">What the host is like; null for a Windows Server 2022 where nothing takes time.</param>
    public EmulatedHyperV(EmulatedHyperVOptions? options = null) => Options = options ?? new EmulatedHyperVOptions();

    /// <summary>Gets what the host is like.</summary>
    public EmulatedHyperVOptions Options { get; }

    /// <summary>Gets the virtual machines there are now.</summary>
    public IReadOnlyList<EmulatedVirtualMachine> VirtualMachines
    {
        get
        {
            lock (_lock) return [.. _machines];
        }
    }

    /// <summary>Says why guests of a kind cannot run on this machine and what to do about it; null if they
    /// can.</summary>
    public static string? WhyUnavailable(EmulatedGuestKind kind) =>
        kind is EmulatedGuestKind.LinuxDaemon ? DaemonRequirements.WhyUnavailable() : null;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(
        CancellationToken cancellationToken) =>
        new([.. VirtualMachines.Select(machine => new KvpVirtualMachineInfo(machine.Id, machine.Name))]);

    /// <inheritdoc/>
    public IKvpTransport OpenTransport(Guid id, string keyPrefix) =>
        VirtualMachines.FirstOrDefault(machine => machine.Id == id)?.OpenHostTransport(keyPrefix)
        ?? throw new KvpTransportException(
            KvpTransportError.NotFound, $"There is no virtual machine with the id {id}.");

    /// <summary>Adds a virtual machine that is switched off and whose tables are empty.</summary>
    /// <param name="name">Its name; several may have the same.</param>
    /// <param name="kind">What it has for a guest.</param>
    /// <exception cref="PlatformNotSupportedException">Guests of this kind cannot run here; the message says why.
    /// </exception>
    public EmulatedVirtualMachine AddVirtualMachine(string name, EmulatedGuestKind kind = EmulatedGuestKind.Linux)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Func<EmulatedHyperVOptions, EmulatedGuest> maker = GuestKinds.GetMaker(kind);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            EmulatedVirtualMachine machine = new(name, kind, maker(Options), Options);
            _machines.Add(machine);
            return machine;
        }
    }

    /// <summary>Adds a copy of a virtual machine as export and import make one: with another id, switched off, and with
    /// the tables of both directions as they are now.</summary>
    public async Task<EmulatedVirtualMachine> CloneVirtualMachineAsync(
        EmulatedVirtualMachine machine, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(machine);
        EmulatedCheckpoint tables = await machine.CreateCheckpointAsync(cancellationToken).ConfigureAwait(false);
        EmulatedVirtualMachine clone = AddVirtualMachine(name, machine.GuestKind);
        await clone.ApplyCheckpointAsync(tables, withHostItems: true, cancellationToken).ConfigureAwait(false);
        return clone;
    }

    /// <summary>Switches a virtual machine off and deletes it; transports to it fail from then on.</summary>
    public async Task DeleteVirtualMachineAsync(EmulatedVirtualMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        bool exists;
        lock (_lock) exists = _machines.Remove(machine);
        if (exists) await machine.DeleteAsync().ConfigureAwait(false);
    }

    /// <summary>Switches off and deletes all virtual machines.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isDisposed = true;
        foreach (EmulatedVirtualMachine machine in VirtualMachines)
            await DeleteVirtualMachineAsync(machine).ConfigureAwait(false);
    }
}
