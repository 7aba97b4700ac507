using KvpRpc.Emulator.Host;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Guests;

/// <summary>A Linux guest in memory: pools with the habits of <c>hv_kvp_daemon</c> behind the kernel's
/// conversions.</summary>
internal sealed class LinuxMemoryGuest : EmulatedGuest
{
    // What the daemon makes up for pool 2, in its order.
    private static readonly KvpRecord[] Facts =
    [
        new("FullyQualifiedDomainName", "emulated-guest"),
        new("IntegrationServicesVersion", "3.1"),
        new("NetworkAddressIPv4", "127.0.0.1"),
        new("NetworkAddressIPv6", "::1"),
        new("OSBuildNumber", "6.1.0"),
        new("OSName", "Emulated Linux"),
        new("OSMajorVersion", "6"),
        new("OSMinorVersion", "1"),
        new("OSVersion", "6.1.0"),
        new("ProcessorArchitecture", "x86_64"),
    ];

    private readonly GuestLife _life = new();
    private ChannelOwners _owners = new();
    private bool _isServiceUp;

    /// <inheritdoc/>
    internal override bool IsServiceUp => _isServiceUp && _life.IsUp;

    /// <summary>Gets pool 0, host to guest.</summary>
    internal MemoryPool External { get; } = new();

    /// <summary>Gets pool 1, guest to host.</summary>
    internal MemoryPool Guest { get; } = new();

    /// <summary>Gets pool 3, facts about the host.</summary>
    internal MemoryPool AutoExternal { get; } = new();

    /// <summary>Opens the transport of a program in the guest.</summary>
    /// <exception cref="KvpTransportException">The guest is off, or another program has opened the prefix.</exception>
    internal MemoryGuestTransport OpenTransport(string prefix, MediumMeter meter)
    {
        long boot = _life.GetBoot();
        return new MemoryGuestTransport(this, _life, boot, _owners.Take(prefix), meter);
    }

    /// <inheritdoc/>
    internal override ValueTask BootAsync(CancellationToken cancellationToken)
    {
        // The programs of an earlier boot are gone, and with them what they owned.
        _owners = new ChannelOwners();
        _life.Boot();
        _isServiceUp = true;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask HaltAsync(CancellationToken cancellationToken)
    {
        _isServiceUp = false;
        _life.Halt();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask PauseAsync(CancellationToken cancellationToken)
    {
        _life.Freeze();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask ResumeAsync(CancellationToken cancellationToken)
    {
        _life.Thaw();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask StartServiceAsync(CancellationToken cancellationToken)
    {
        _isServiceUp = true;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask StopServiceAsync(CancellationToken cancellationToken)
    {
        _isServiceUp = false;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask<KvpResponse> TransactAsync(KvpRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(IsServiceUp ? Transact(request) : KvpResponse.Of(KvpResponse.Failed));

    /// <inheritdoc/>
    internal override ValueTask<GuestTables> SaveTablesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GuestTables(External.Copy(), Guest.Copy(), AutoExternal.Copy()));

    /// <inheritdoc/>
    internal override ValueTask RestoreTablesAsync(GuestTables tables, CancellationToken cancellationToken)
    {
        External.Replace(tables.External);
        Guest.Replace(tables.Guest);
        AutoExternal.Replace(tables.AutoExternal);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => HaltAsync(CancellationToken.None);

    private KvpResponse Transact(KvpRequest request)
    {
        string key = KernelText.ToGuest(request.Key, KernelConversion.KeyFieldBytes);
        if (request.Operation is KvpOperation.Enumerate && request.Pool is KvpPool.Auto)
        {
            return request.Index < Facts.Length
                ? Answer(Facts[request.Index])
                : KvpResponse.Of(KvpResponse.NoMoreItems);
        }

        if (GetPool(request.Pool) is not { } pool) return KvpResponse.Of(KvpResponse.NoMoreItems);
        bool isOk;
        KvpRecord record = default;
        switch (request.Operation)
        {
            case KvpOperation.Set:
                isOk = pool.TrySet(key, KernelText.ToGuest(request.Value, KernelConversion.ValueFieldBytes));
                break;
            case KvpOperation.Delete:
                isOk = pool.TryDelete(key);
                break;
            case KvpOperation.Get:
                // The kernel's request states no size for the value, so the daemon copies none: it tells of existence
                // alone.
                isOk = pool.TryGet(key, out _);
                break;
            default:
                isOk = pool.TryGet(request.Index, out record);
                break;
        }

        return !isOk ? KvpResponse.Of(KvpResponse.NoMoreItems) : record.Key is null ? KvpResponse.Of(KvpResponse.Ok)
            : Answer(record);
    }

    private static KvpResponse Answer(KvpRecord record) => new(
        KvpResponse.Ok,
        KernelText.ToHost(record.Key, KernelConversion.MaxKeyUnits),
        KernelText.ToHost(record.Value, KernelConversion.MaxValueUnits));

    private MemoryPool? GetPool(KvpPool pool) => pool switch
    {
        KvpPool.External => External,
        KvpPool.Guest => Guest,
        KvpPool.AutoExternal => AutoExternal,
        _ => null,
    };
}
