using System.Collections.Immutable;
using System.Runtime.InteropServices;
using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Host;

/// <summary>The host service's half of one virtual machine: what <c>root\virtualization\v2</c> offers for its
/// items.</summary>
/// <remarks>Writes change the host items in whatever state the virtual machine is; the guest gets them when it can be
/// reached, and all of them again at each boot and each start of its service. An item removed while the guest could not
/// be reached stays in a Linux guest's pool: nothing tells the guest (inferred).</remarks>
internal sealed class EmulatedKvpService : IAsyncDisposable
{
    // A guest that answers for ever must not hold a query for ever.
    private const int MaxGuestItems = 65_536;

    private readonly EmulatedHyperVOptions _options;
    private readonly GuestWire _wire;
    private readonly GuestDelivery _delivery;
    private readonly Lock _lock = new();
    private readonly HostItemTable _items;
    private readonly CancellationTokenSource _stopping = new();

    internal EmulatedKvpService(EmulatedGuest guest, EmulatedHyperVOptions options)
    {
        _options = options;
        _items = new HostItemTable(options);
        _wire = new GuestWire(guest, options, Meter);
        _delivery = new GuestDelivery(_wire, GetData);
    }

    /// <summary>Gets what counts the traffic.</summary>
    internal MediumMeter Meter { get; } = new();

    /// <summary>Gets the component's <c>OperationalStatus</c>.</summary>
    internal int OperationalStatus => _wire.OperationalStatus;

    /// <summary>Gets or sets what goes wrong with a call; asked before each.</summary>
    internal Func<HostMethod, IReadOnlyList<HostDataItem>, EmulatedCallFault?>? Fault { get; set; }

    /// <summary>Calls <c>AddKvpItems</c>, <c>ModifyKvpItems</c> or <c>RemoveKvpItems</c>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="items">What it names; the caller may use the list again when the call has returned.</param>
    /// <param name="cancellationToken">Gives up waiting: what was asked happens all the same.</param>
    internal async ValueTask<EmulatedMethodResult> CallAsync(
        HostMethod method, IReadOnlyList<HostDataItem> items, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Meter.Add(MediumCounter.HostWriteCalls);
        Meter.Add(MediumCounter.HostItemsWritten, items.Count);
        for (int index = 0; index < items.Count; index++)
            Meter.Add(MediumCounter.HostBytesWritten, MediumMeter.CountBytes(items[index].Name, items[index].Data));

        EmulatedCallFault? fault = Fault?.Invoke(method, items);
        TimeSpan duration = _options.Costs.HostWriteCall + (items.Count * _options.Costs.HostWriteItem);
        bool takesTime = duration > TimeSpan.Zero || _options.JobDuration is not null;
        if (!takesTime) return new(Apply(method, items, fault), null);

        HostDataItem[] copy = [.. items];
        if (_options.JobDuration is { } jobDuration)
        {
            await DelayAsync(duration, cancellationToken).ConfigureAwait(false);
            return new(HostReturnCode.JobStarted, new EmulatedJob(ApplyLaterAsync(method, copy, fault, jobDuration)));
        }

        Task<HostReturnCode> work = ApplyLaterAsync(method, copy, fault, duration);
        return new(await work.WaitAsync(cancellationToken).ConfigureAwait(false), null);
    }

    /// <summary>Reads <c>HostExchangeItems</c>, which works in whatever state the virtual machine is.</summary>
    internal async ValueTask ReadHostItemsAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Meter.Add(MediumCounter.HostReadsBack);
        await DelayAsync(_options.Costs.HostReadCall, cancellationToken).ConfigureAwait(false);
        foreach (KvpRecord item in CopyHostItems()) visitor.Visit(item.Key, item.Value);
    }

    /// <summary>Reads <c>GuestExchangeItems</c> (pool 1) or <c>GuestIntrinsicExchangeItems</c> (pool 2).</summary>
    /// <remarks>Asks the guest for one item after the other and ends at the first that does not come: none at all from
    /// a guest that is off or does not answer.</remarks>
    internal async ValueTask ReadGuestItemsAsync(
        KvpPool pool, Action<KvpRecord> show, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Meter.Add(MediumCounter.HostPolls);
        await DelayAsync(_options.Costs.HostReadCall, cancellationToken).ConfigureAwait(false);
        int count = 0;
        for (; count < MaxGuestItems; count++)
        {
            KvpResponse item = await _wire.TransactAsync(KvpRequest.Enumerate(pool, count), cancellationToken)
                .ConfigureAwait(false);
            if (!item.IsOk) break;
            Meter.Add(MediumCounter.GuestItemsRead);
            Meter.Add(MediumCounter.GuestBytesRead, MediumMeter.CountBytes(item.Key, item.Value));
            show(new KvpRecord(item.Key, item.Value));
        }

        await DelayAsync(count * _options.Costs.HostReadItem, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes note of the virtual machine's state; items that waited for the guest go over.</summary>
    internal void SetReach(GuestReach reach)
    {
        _wire.SetReach(reach);
        _delivery.Enqueue();
    }

    /// <summary>The guest's service has started: it gets the facts about the host, and every host item.</summary>
    internal async ValueTask PushEverythingAsync(
        IEnumerable<KvpRecord> hostFacts, CancellationToken cancellationToken)
    {
        if (!_wire.IsOpen) return;
        foreach (KvpRecord fact in hostFacts)
        {
            await _wire.TransactAsync(KvpRequest.Set(KvpPool.AutoExternal, fact.Key, fact.Value), cancellationToken)
                .ConfigureAwait(false);
        }

        _delivery.Enqueue([.. CopyHostItems().Select(item => item.Key)]);
        await _delivery.WaitUntilIdleAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets which items wait for the guest: it is off, and gets all when it starts.</summary>
    internal void ForgetUndelivered() => _delivery.Clear();

    internal ImmutableArray<KvpRecord> CopyHostItems()
    {
        lock (_lock) return _items.Copy();
    }

    internal void ReplaceHostItems(ImmutableArray<KvpRecord> items)
    {
        lock (_lock) _items.Replace(items);
    }

    public async ValueTask DisposeAsync()
    {
        _wire.SetReach(GuestReach.Closed);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _delivery.WaitUntilIdleAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private string? GetData(string name)
    {
        lock (_lock) return _items.TryGet(name, out string? data) ? data : null;
    }

    private HostReturnCode Apply(HostMethod method, IReadOnlyList<HostDataItem> items, EmulatedCallFault? fault)
    {
        if (fault is null) return Apply(method, items);
        if (fault.LandedItems > 0)
        {
            HostDataItem[] landed = [.. items.Take(fault.LandedItems)];
            if (fault.Landing is null or { IsCompleted: true }) Apply(method, landed);
            else _ = fault.Landing.ContinueWith(_ => Apply(method, landed), TaskScheduler.Default);
        }

        return fault.ReturnValue;
    }

    private HostReturnCode Apply(HostMethod method, IReadOnlyList<HostDataItem> items)
    {
        List<string> changed = [];
        HostReturnCode result;
        lock (_lock) result = _items.Apply(method, items, changed);
        _delivery.Enqueue(CollectionsMarshal.AsSpan(changed));
        return result;
    }

    private async Task<HostReturnCode> ApplyLaterAsync(
        HostMethod method, HostDataItem[] items, EmulatedCallFault? fault, TimeSpan after)
    {
        await DelayAsync(after, _stopping.Token).ConfigureAwait(false);
        return Apply(method, items, fault);
    }

    private Task DelayAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        duration > TimeSpan.Zero ? Task.Delay(duration, _options.TimeProvider, cancellationToken) : Task.CompletedTask;
}
