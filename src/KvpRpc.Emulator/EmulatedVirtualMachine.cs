using KvpRpc.Emulator.Guests;
using KvpRpc.Emulator.Host;
using KvpRpc.Transports;

namespace KvpRpc.Emulator;

/// <summary>An emulated virtual machine: its power, its guest and the two tables between host and guest.</summary>
/// <remarks>Made by <see cref="EmulatedHyperV"/>, switched off at first. Safe for use from several
/// threads; methods that change its state take effect one after the other.</remarks>
public sealed class EmulatedVirtualMachine
{
    private readonly EmulatedGuest _guest;
    private readonly EmulatedHyperVOptions _options;
    private readonly ChannelOwners _hostOwners = new();
    private readonly OneAtATime _changes = new();
    private bool _isDataExchangeEnabled = true;
    private long _timeline;

    internal EmulatedVirtualMachine(
        string name, EmulatedGuestKind kind, EmulatedGuest guest, EmulatedHyperVOptions options)
    {
        Name = name;
        GuestKind = kind;
        _guest = guest;
        _options = options;
        KvpService = new EmulatedKvpService(guest, options);
    }

    /// <summary>Gets the id that Hyper-V gives to a virtual machine and never changes.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Gets the name. Hyper-V allows several machines of one name.</summary>
    public string Name { get; }

    /// <summary>Gets what it has for a guest.</summary>
    public EmulatedGuestKind GuestKind { get; }

    /// <summary>Gets the power state.</summary>
    public EmulatedPowerState State { get; private set; }

    /// <summary>Gets whether the Data Exchange integration service is enabled in the machine's settings.</summary>
    public bool IsDataExchangeEnabled => _isDataExchangeEnabled;

    /// <summary>Gets the <c>OperationalStatus</c> that the host shows for Data Exchange: 2 OK, 3 OK over an older
    /// protocol (normal for Linux), 12 no contact, 13 lost contact.</summary>
    public int OperationalStatus => KvpService.OperationalStatus;

    /// <summary>Gets the folder with the guest's pool files, where the guest has such; else null.</summary>
    public string? PoolFolder => _guest.PoolFolder;

    /// <summary>Gets what the traffic has cost on the medium so far.</summary>
    public EmulatedMediumCounters Counters => KvpService.Meter.TakeSnapshot();

    internal EmulatedKvpService KvpService { get; }

    internal bool IsDeleted { get; private set; }

    /// <inheritdoc cref="EmulatedGuest.MaxValueUtf8Bytes"/>
    internal int? MaxValueUtf8Bytes => _guest.MaxValueUtf8Bytes;

    /// <summary>Gets a number that changes when Hyper-V gives the machine a new generation id: a checkpoint was
    /// applied.</summary>
    internal long Timeline => Interlocked.Read(ref _timeline);

    /// <summary>Opens the transport of a program on the host; it works in every power state.</summary>
    /// <param name="prefix">What the keys of the program's own items start with.</param>
    /// <exception cref="KvpTransportException">Another transport on the host has opened the prefix.</exception>
    public IKvpTransport OpenHostTransport(string prefix) =>
        new EmulatedHostTransport(this, KvpService, prefix, _hostOwners.Take(prefix));

    /// <summary>Opens the transport of a program in the guest, in this process.</summary>
    /// <remarks>For a program in a process of its own see <see cref="OpenGuestPort"/>.</remarks>
    /// <param name="prefix">What the keys of the program's own items start with.</param>
    /// <exception cref="KvpTransportException">The guest does not run, or another transport in the guest has opened the
    /// prefix.</exception>
    /// <exception cref="InvalidOperationException">The guest keeps its tables in pool files.</exception>
    public IKvpTransport OpenGuestTransport(string prefix) =>
        GetMemoryGuest().OpenTransport(prefix, KvpService.Meter);

    /// <summary>Opens a port for programs in the guest that run in processes of their own. It outlasts a boot; the
    /// connections to it do not. Dispose it to close it.</summary>
    /// <exception cref="InvalidOperationException">The guest keeps its tables in pool files.</exception>
    public EmulatedGuestPort OpenGuestPort() => new(GetMemoryGuest(), KvpService.Meter);

    /// <summary>Switches the machine on, or brings back a saved one.</summary>
    /// <remarks>The guest gets every host item, again.</remarks>
    /// <exception cref="InvalidOperationException">It is neither off nor saved.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(EmulatedPowerState.Running, StartCoreAsync, cancellationToken, EmulatedPowerState.Off,
            EmulatedPowerState.Saved);

    /// <summary>Pauses the machine: the guest and its programs stand still, and the host gets no answer.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(EmulatedPowerState.Paused, FreezeAsync, cancellationToken, EmulatedPowerState.Running);

    /// <summary>Lets a paused machine go on.</summary>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(EmulatedPowerState.Running, ThawAsync, cancellationToken, EmulatedPowerState.Paused);

    /// <summary>Saves the machine: off for the host, paused for the guest's programs.</summary>
    /// <exception cref="InvalidOperationException">It neither runs nor is paused.</exception>
    public Task SaveAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(EmulatedPowerState.Saved, FreezeAsync, cancellationToken, EmulatedPowerState.Running,
            EmulatedPowerState.Paused);

    /// <summary>Switches the machine off as by pulling the plug; nothing if it is off. The tables stay.</summary>
    public Task TurnOffAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(EmulatedPowerState.Off, HaltAsync, cancellationToken, Enum.GetValues<EmulatedPowerState>());

    /// <summary>Enables or disables Data Exchange in the machine's settings; while it is disabled the host reads no
    /// guest item and the guest gets no host item.</summary>
    public Task SetDataExchangeAsync(bool enabled, CancellationToken cancellationToken = default) =>
        ExclusivelyAsync(
            async token =>
            {
                _isDataExchangeEnabled = enabled;
                KvpService.SetReach(GetReach(State));
                if (enabled) await PushEverythingAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Starts the guest's Data Exchange service (<c>hv_kvp_daemon</c>), which a boot does by itself.</summary>
    /// <exception cref="InvalidOperationException">The machine does not run.</exception>
    public Task StartGuestServiceAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(
            EmulatedPowerState.Running,
            async token =>
            {
                await _guest.StartServiceAsync(token).ConfigureAwait(false);
                await PushEverythingAsync(token).ConfigureAwait(false);
            },
            cancellationToken,
            EmulatedPowerState.Running);

    /// <summary>Stops the guest's Data Exchange service.</summary>
    /// <exception cref="InvalidOperationException">The machine does not run.</exception>
    public Task StopGuestServiceAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(
            EmulatedPowerState.Running,
            async token => await _guest.StopServiceAsync(token).ConfigureAwait(false),
            cancellationToken,
            EmulatedPowerState.Running);

    /// <summary>Copies the tables as they are now, in any power state.</summary>
    public async Task<EmulatedCheckpoint> CreateCheckpointAsync(CancellationToken cancellationToken = default)
    {
        EmulatedCheckpoint? checkpoint = null;
        await ExclusivelyAsync(
            async token => checkpoint = new EmulatedCheckpoint(
                this, await _guest.SaveTablesAsync(token).ConfigureAwait(false), KvpService.CopyHostItems()),
            cancellationToken).ConfigureAwait(false);
        return checkpoint!;
    }

    /// <summary>Takes the tables back to a checkpoint. The machine is off afterwards, as after a production checkpoint;
    /// programs in the guest have ended.</summary>
    /// <param name="checkpoint">A checkpoint of this machine or of one that it was cloned from.</param>
    /// <param name="withHostItems">Whether the host items return to the past too. Not known of Hyper-V: work with both.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for an earlier change.</param>
    public Task ApplyCheckpointAsync(
        EmulatedCheckpoint checkpoint, bool withHostItems, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return ExclusivelyAsync(
            async token =>
            {
                await HaltAsync(token).ConfigureAwait(false);
                State = EmulatedPowerState.Off;
                Interlocked.Increment(ref _timeline);
                await _guest.RestoreTablesAsync(checkpoint.Guest, token).ConfigureAwait(false);
                if (withHostItems) KvpService.ReplaceHostItems(checkpoint.HostItems);
            },
            cancellationToken);
    }

    internal LinuxMemoryGuest GetMemoryGuest() => _guest as LinuxMemoryGuest
        ?? throw new InvalidOperationException(
            $"The guest '{Name}' keeps its tables in pool files; open the transport over the files in '{PoolFolder}'.");

    /// <summary>Deletes the machine for good.</summary>
    internal async ValueTask DeleteAsync()
    {
        await TurnOffAsync().ConfigureAwait(false);
        IsDeleted = true;
        await KvpService.DisposeAsync().ConfigureAwait(false);
        await _guest.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask StartCoreAsync(CancellationToken cancellationToken)
    {
        if (State is EmulatedPowerState.Saved) await ThawAsync(cancellationToken).ConfigureAwait(false);
        else
        {
            await _guest.BootAsync(cancellationToken).ConfigureAwait(false);
            KvpService.ForgetUndelivered();
            KvpService.SetReach(GetReach(EmulatedPowerState.Running));
        }

        await PushEverythingAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FreezeAsync(CancellationToken cancellationToken)
    {
        // The wire first: no transaction may start in a guest that stands still.
        KvpService.SetReach(GetReach(EmulatedPowerState.Paused));
        await _guest.PauseAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ThawAsync(CancellationToken cancellationToken)
    {
        await _guest.ResumeAsync(cancellationToken).ConfigureAwait(false);
        KvpService.SetReach(GetReach(EmulatedPowerState.Running));
    }

    private async ValueTask HaltAsync(CancellationToken cancellationToken)
    {
        KvpService.SetReach(GuestReach.Closed);
        KvpService.ForgetUndelivered();
        await _guest.HaltAsync(cancellationToken).ConfigureAwait(false);
    }

    private ValueTask PushEverythingAsync(CancellationToken cancellationToken) =>
        KvpService.PushEverythingAsync(HostFacts.Get(this, _options), cancellationToken);

    private GuestReach GetReach(EmulatedPowerState state) => (state, _isDataExchangeEnabled) switch
    {
        (EmulatedPowerState.Running, true) => GuestReach.Open,
        (EmulatedPowerState.Paused, true) => GuestReach.Frozen,
        _ => GuestReach.Closed,
    };

    private Task ChangeAsync(
        EmulatedPowerState to, Func<CancellationToken, ValueTask> change, CancellationToken cancellationToken,
        params EmulatedPowerState[] from) => ExclusivelyAsync(
            async token =>
            {
                if (!from.Contains(State))
                {
                    throw new InvalidOperationException(
                        $"The virtual machine '{Name}' is {State}; that is not allowed now.");
                }

                await change(token).ConfigureAwait(false);
                State = to;
                KvpService.SetReach(GetReach(to));
            },
            cancellationToken);

    private async Task ExclusivelyAsync(Func<CancellationToken, ValueTask> change, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDeleted, this);
        await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await change(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changes.Leave();
        }
    }
}
