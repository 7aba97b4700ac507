using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Host;

/// <summary>The wire between the host service and one guest: one transaction at a time, one item each.</summary>
internal sealed class GuestWire(EmulatedGuest guest, EmulatedHyperVOptions options, MediumMeter meter)
{
    private readonly OneAtATime _transactions = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _reachChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GuestReach _reach = GuestReach.Closed;
    private bool _hadContact;
    private volatile bool _lostContact;

    /// <summary>Gets whether a transaction would now be answered.</summary>
    internal bool IsOpen => _reach is GuestReach.Open && guest.IsServiceUp;

    /// <summary>Gets the component's <c>OperationalStatus</c>: 2 OK, 3 older protocol, 12 no contact, 13
    /// lost.</summary>
    internal int OperationalStatus => (_reach, _hadContact) switch
    {
        (GuestReach.Closed, _) or (_, false) => 12,
        _ when _lostContact || !guest.IsServiceUp => 13,
        _ => guest.StatusWhenUp,
    };

    /// <summary>Takes note that the virtual machine's state has changed.</summary>
    internal void SetReach(GuestReach reach)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _reachChanged;
            _reachChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _reach = reach;
            if (reach is GuestReach.Closed) _hadContact = false;
            _lostContact = false;
        }

        changed.SetResult();
    }

    /// <summary>Carries out one transaction when its turn comes.</summary>
    /// <returns>The answer; <see cref="KvpResponse.Failed"/> if there is none.</returns>
    internal async ValueTask<KvpResponse> TransactAsync(KvpRequest request, CancellationToken cancellationToken)
    {
        await _transactions.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_reach is GuestReach.Frozen)
            {
                if (await ThawsInTimeAsync(cancellationToken).ConfigureAwait(false)) continue;
                _lostContact = true;
                return KvpResponse.Of(KvpResponse.Failed);
            }

            if (!IsOpen) return KvpResponse.Of(KvpResponse.Failed);
            meter.Add(MediumCounter.Transactions);
            KvpResponse response = await guest.TransactAsync(request, cancellationToken).ConfigureAwait(false);
            _hadContact = true;
            _lostContact = false;
            return response;
        }
        finally
        {
            _transactions.Leave();
        }
    }

    private async ValueTask<bool> ThawsInTimeAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_lock)
        {
            if (_reach is not GuestReach.Frozen) return true;
            changed = _reachChanged.Task;
        }

        try
        {
            await changed.WaitAsync(options.GuestTimeout, options.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
