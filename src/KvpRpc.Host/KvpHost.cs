using System.Collections.Concurrent;
using KvpRpc.Calls;
using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Host;

/// <summary>A host: the VMs of a hypervisor, the services it offers them, and the calls to theirs.</summary>
public sealed class KvpHost : IAsyncDisposable
{
    private readonly IKvpHypervisor _hypervisor;
    private readonly KvpHostOptions _options;
    private readonly ConcurrentDictionary<Guid, Lazy<Task<KvpVirtualMachine>>> _machines = new();
    private readonly Lock _gate = new();
    private readonly List<Action<KvpVirtualMachine, RpcPeer>> _services = [];
    private int _isDisposed;
    private volatile bool _isDraining;

    /// <summary>Initializes a host on a hypervisor.</summary>
    /// <param name="hypervisor">The hypervisor: an emulated one in development and tests.</param>
    /// <param name="options">How links are kept and calls are made.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public KvpHost(IKvpHypervisor hypervisor, KvpHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(hypervisor);
        _hypervisor = hypervisor;
        _options = options ?? new();
        _options.Links.Validate();
        _options.Calls.Validate();
    }

    /// <summary>Offers a service to every VM that is opened from now on. The object is made for each VM, so that it
    /// knows its caller: whose calls these are is known from the hypervisor, never from what the guest says.</summary>
    /// <param name="create">Makes the service for the calls of one VM.</param>
    /// <param name="access">Which VMs' guests may call it.</param>
    public void AddService<[KvpContract] TContract>(Func<KvpVirtualMachine, TContract> create, RpcAccess access)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(access);
        lock (_gate)
            _services.Add((machine, peer) => peer.AddService(create(machine), access));
    }

    /// <summary>Offers a service to every VM that is opened from now on and whose guest <see
    /// cref="RpcPeerOptions.DefaultAccess"/> allows.</summary>
    /// <inheritdoc cref="AddService{TContract}(Func{KvpVirtualMachine, TContract}, RpcAccess)"/>
    public void AddService<[KvpContract] TContract>(Func<KvpVirtualMachine, TContract> create)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(create);
        lock (_gate)
            _services.Add((machine, peer) => peer.AddService(create(machine)));
    }

    /// <summary>Opens a VM: from now on a link to its guest is kept, and its calls are taken.</summary>
    /// <param name="nameOrId">The VM's name, or its id where names are ambiguous.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KvpTransportException">There is no such VM, or several have the name, or another program on
    /// this host has opened the channel.</exception>
    /// <exception cref="InvalidOperationException">The host is stopping.</exception>
    public async ValueTask<KvpVirtualMachine> OpenVirtualMachineAsync(
        string nameOrId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrId);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (_isDraining)
            throw new InvalidOperationException("The host is stopping and opens no more virtual machines.");
        IReadOnlyList<KvpVirtualMachineInfo> all =
            await _hypervisor.ListVirtualMachinesAsync(cancellationToken).ConfigureAwait(false);
        return await OpenVirtualMachineAsync(Find(all, nameOrId), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets the VMs that are open now.</summary>
    internal IEnumerable<KvpVirtualMachine> OpenVirtualMachines => _machines.Values
        .Where(opening => opening is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        .Select(opening => opening.Value.Result);

    internal ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(
        CancellationToken cancellationToken) => _hypervisor.ListVirtualMachinesAsync(cancellationToken);

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>Offers a service to every VM that is opened from now on, whose calls each run on what <paramref
    /// name="rent"/> gives.</summary>
    internal void AddRentedService<[KvpContract] TContract>(Func<ServiceLease<TContract>> rent, RpcAccess? access)
        where TContract : class
    {
        lock (_gate)
            _services.Add((_, peer) => peer.AddRentedService(rent, access));
    }

    /// <inheritdoc cref="OpenVirtualMachineAsync(string, CancellationToken)"/>
    internal async ValueTask<KvpVirtualMachine> OpenVirtualMachineAsync(
        KvpVirtualMachineInfo info, CancellationToken cancellationToken)
    {
        Lazy<Task<KvpVirtualMachine>> opening = _machines.GetOrAdd(info.Id, _ => new(() => OpenAsync(info)));
        KvpVirtualMachine machine;
        try
        {
            machine = await opening.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (opening.Value.IsFaulted)
        {
            // The next try is a new one.
            _machines.TryRemove(new(info.Id, opening));
            throw;
        }

        if (Volatile.Read(ref _isDisposed) != 0)
        {
            // The host may have been closed without seeing this VM.
            await machine.DisposeAsync().ConfigureAwait(false);
            throw new ObjectDisposedException(nameof(KvpHost));
        }

        return machine;
    }

    /// <summary>Stops gently: opens no more VMs, runs no more calls of guests, and gives those that run, of both sides,
    /// the time that <see cref="RpcPeerOptions.DrainTimeout"/> allows. The links stay until disposal.</summary>
    /// <param name="cancellationToken">Ends the time early.</param>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        _isDraining = true;
        await Task.WhenAll(_machines.Values
            .Where(opening => opening.IsValueCreated)
            .Select(opening => DrainAsync(opening, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Closes the links of all VMs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await Task.WhenAll(_machines.Values.Where(opening => opening.IsValueCreated).Select(CloseAsync))
            .ConfigureAwait(false);
    }

    private static async Task DrainAsync(Lazy<Task<KvpVirtualMachine>> opening, CancellationToken cancellationToken)
    {
        await ((Task)opening.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.Value.IsCompletedSuccessfully)
        {
            KvpVirtualMachine machine = await opening.Value.ConfigureAwait(false);
            await machine.DrainAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CloseAsync(Lazy<Task<KvpVirtualMachine>> opening)
    {
        await ((Task)opening.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.Value.IsCompletedSuccessfully)
            await (await opening.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private static KvpVirtualMachineInfo Find(IReadOnlyList<KvpVirtualMachineInfo> all, string nameOrId)
    {
        bool isId = Guid.TryParse(nameOrId, out Guid id);
        List<KvpVirtualMachineInfo> found = [.. all.Where(vm => (isId && vm.Id == id) || vm.Name == nameOrId)];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new KvpTransportException(
                KvpTransportError.NotFound, $"This host has no virtual machine named or with the id '{nameOrId}'."),
            _ => throw new KvpTransportException(
                KvpTransportError.NotFound,
                $"{found.Count} virtual machines are named '{nameOrId}': use one of the ids "
                + string.Join(", ", found.Select(vm => vm.Id)) + "."),
        };
    }

    private async Task<KvpVirtualMachine> OpenAsync(KvpVirtualMachineInfo info)
    {
        KvpLinkOptions links = _options.Links with { VirtualMachineId = info.Id, VirtualMachineName = info.Name };
        IKvpTransport transport = _hypervisor.OpenTransport(info.Id, KvpChannel.KeyPrefix(links.Channel));
        KvpChannel channel;
        try
        {
            channel = KvpChannel.OpenHost(transport, links);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        KvpVirtualMachine machine = new(
            info, channel, _options.Calls, () => _machines.TryRemove(info.Id, out _));
        try
        {
            Action<KvpVirtualMachine, RpcPeer>[] services;
            lock (_gate)
                services = [.. _services];
            foreach (Action<KvpVirtualMachine, RpcPeer> add in services)
                add(machine, machine.Peer);
            machine.Peer.Start();
            return machine;
        }
        catch
        {
            // Making a service is the application's: the tables must not stay taken when it fails.
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
