using KvpRpc.Emulator.Host;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Guests;

/// <summary>The transport of a program in an in-memory Linux guest.</summary>
/// <remarks>Reads pool 0 and writes pool 1, as the transport over pool files does in a real guest.</remarks>
internal sealed class MemoryGuestTransport : IKvpTransport
{
    private readonly LinuxMemoryGuest _guest;
    private readonly GuestLife _life;
    private readonly long _boot;
    private readonly MediumMeter _meter;
    private readonly WakeUp _wakeUp = new();
    private KvpRecord[] _peerRecords = [];
    private KvpRecord[] _ownRecords = [];
    private long _versionRead = -1;
    private IDisposable? _ownership;

    /// <summary>Opens the transport, for as long as this boot of the guest lasts.</summary>
    internal MemoryGuestTransport(
        LinuxMemoryGuest guest, GuestLife life, long boot, IDisposable ownership, MediumMeter meter)
    {
        _guest = guest;
        _life = life;
        _boot = boot;
        _ownership = ownership;
        _meter = meter;
        _guest.External.Watch(_wakeUp);
        _life.Watch(_wakeUp);
    }

    /// <inheritdoc/>
    public KvpTransportLimits Limits { get; } = new() { MaxValueUnits = 1022, MaxValueUtf8Bytes = 2047 };

    /// <inheritdoc/>
    public bool CanWaitForChange => true;

    /// <inheritdoc/>
    public IReadOnlyList<KvpTransportProblem> Problems => [];

    /// <inheritdoc/>
    public async ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        _meter.Add(MediumCounter.GuestReads);
        int count = _guest.External.CopyTo(ref _peerRecords, out long version);
        Interlocked.Exchange(ref _versionRead, version);
        Show(_peerRecords.AsSpan(0, count), visitor);
    }

    /// <inheritdoc/>
    public async ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        int count = _guest.Guest.CopyTo(ref _ownRecords, out _);
        Show(_ownRecords.AsSpan(0, count), visitor);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, Limits.MaxItemsPerBatch);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        _meter.Add(MediumCounter.GuestWrites);
        _meter.Add(MediumCounter.GuestItemsWritten, batch.Count);
        for (int index = 0; index < batch.Count; index++) Write(batch[index]);
    }

    /// <inheritdoc/>
    public async ValueTask WaitForChangeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await EnterAsync(cancellationToken).ConfigureAwait(false);
            if (_guest.External.Version != Interlocked.Read(ref _versionRead)) return;
            await _wakeUp.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ownership, null) is { } ownership)
        {
            ownership.Dispose();
            _guest.External.Unwatch(_wakeUp);
            _life.Unwatch(_wakeUp);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ownership is null, this);
        cancellationToken.ThrowIfCancellationRequested();
        return _life.EnterAsync(_boot, cancellationToken);
    }

    private static void Show(ReadOnlySpan<KvpRecord> records, IKvpItemVisitor visitor)
    {
        foreach (KvpRecord record in records) visitor.Visit(record.Key, record.Value);
    }

    private void Write(KvpItemWrite write)
    {
        write.Error = KvpWriteCheck.GetRefusal(write, Limits);
        if (write.Error is null)
        {
            string value = write.IsDelete ? string.Empty : write.Value.ToString();
            _meter.Add(MediumCounter.GuestBytesWritten, MediumMeter.CountBytes(write.Key, value));
            if (write.IsDelete) _guest.Guest.TryDelete(write.Key);
            else if (!_guest.Guest.TrySet(write.Key, value)) write.Error = "The table takes no further item.";
        }

        write.Outcome = write.Error is null ? KvpWriteOutcome.Landed : KvpWriteOutcome.Refused;
    }
}
