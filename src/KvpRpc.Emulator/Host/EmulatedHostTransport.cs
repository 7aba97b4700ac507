using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Host;

/// <summary>A host process's transport to one emulated virtual machine: what the WMI transport is to a real
/// one.</summary>
internal sealed class EmulatedHostTransport : IKvpTransport
{
    private readonly EmulatedVirtualMachine _machine;
    private readonly EmulatedKvpService _service;
    private readonly HostTableWriter _writer;
    private readonly HashSet<string> _peerKeys = new(StringComparer.Ordinal);
    private IDisposable? _ownership;

    /// <summary>Opens the transport.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="service">Its items.</param>
    /// <param name="prefix">What the keys of own items start with.</param>
    /// <param name="ownership">The right to these keys; given back when the transport is disposed.</param>
    internal EmulatedHostTransport(
        EmulatedVirtualMachine machine, EmulatedKvpService service, string prefix, IDisposable ownership)
    {
        _machine = machine;
        _service = service;
        _ownership = ownership;
        Limits = new() { MaxValueUnits = 1023, MaxValueUtf8Bytes = machine.MaxValueUtf8Bytes };
        _writer = new HostTableWriter(new Items(this), prefix, Limits);
    }

    /// <inheritdoc/>
    /// <remarks>They depend on what the machine has for a guest.</remarks>
    public KvpTransportLimits Limits { get; }

    /// <inheritdoc/>
    public bool CanWaitForChange => false;

    /// <inheritdoc/>
    public IReadOnlyList<KvpTransportProblem> Problems => [];

    /// <inheritdoc/>
    public long Timeline => _machine.Timeline;

    /// <inheritdoc/>
    public async ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        _peerKeys.Clear();
        await _service.ReadGuestItemsAsync(KvpPool.Guest, Show, cancellationToken).ConfigureAwait(false);

        // A guest's file may hold a key twice, and the host asks index by index while the file changes.
        void Show(KvpRecord item)
        {
            if (_peerKeys.Add(item.Key)) visitor.Visit(item.Key, item.Value);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        return _service.ReadHostItemsAsync(visitor, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        _service.Meter.Add(MediumCounter.HostWrites);
        return _writer.WriteAsync(batch, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing tells a Hyper-V host that a guest's items have changed.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _ownership, null)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_ownership is null, this);
        if (_machine.IsDeleted)
        {
            throw new KvpTransportException(
                KvpTransportError.NotFound, $"The virtual machine '{_machine.Name}' ({_machine.Id}) does not exist.");
        }
    }

    private sealed class Items(EmulatedHostTransport transport) : IHostItemService
    {
        public async ValueTask<HostReturnCode> CallAsync(
            HostMethod method, IReadOnlyList<HostDataItem> items, CancellationToken cancellationToken)
        {
            transport.ThrowIfUnusable();
            EmulatedMethodResult result = await transport._service.CallAsync(method, items, cancellationToken)
                .ConfigureAwait(false);
            return result.Job is null
                ? result.ReturnValue : await result.Job.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        public ValueTask ReadHostItemsAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
            transport._service.ReadHostItemsAsync(visitor, cancellationToken);
    }
}
