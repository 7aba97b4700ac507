namespace KvpRpc.Transports.Host;

/// <summary>Turns a batch of writes into calls of the host service, and its answers into outcomes.</summary>
/// <remarks>
/// <para>The service has no upsert: <c>Add</c> of a key that exists and <c>Modify</c> of one that does not both fail,
/// and the failure says nothing about the other items of the call. So a batch is divided by what is known to exist. The
/// knowledge comes from reading the own items back: at first, and after every call that did not simply succeed.</para>
/// <para>What a failed call left is never guessed: the items that the reading shows have landed; a call that failed
/// because the knowledge was old is made again on the new knowledge; the rest gets the outcome that the code
/// allows.</para>
/// <para><c>Remove</c> is never relied on: the first one is checked by reading, and where it is refused or does
/// nothing, items are deleted by giving them an empty value.</para>
/// <para>One write at a time; it keeps no item but the keys that start with the prefix.</para>
/// </remarks>
internal sealed class HostTableWriter
{
    private const int MaxAttempts = 3;

    private readonly IHostItemService _service;
    private readonly string _prefix;
    private readonly KvpTransportLimits _limits;
    private readonly HashSet<string> _existing = new(StringComparer.Ordinal);
    private readonly List<KvpItemWrite> _pending = [];
    private readonly HostCall[] _calls = [new(HostMethod.Add), new(HostMethod.Modify), new(HostMethod.Remove)];
    private bool _mustReadBack = true;
    private RemoveTrust _remove;

    /// <summary>Initializes a writer of the items whose keys start with <paramref name="prefix"/>.</summary>
    internal HostTableWriter(IHostItemService service, string prefix, KvpTransportLimits limits)
    {
        _service = service;
        _prefix = prefix;
        _limits = limits;
    }

    /// <inheritdoc cref="IKvpTransport.WriteAsync"/>
    internal async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, _limits.MaxItemsPerBatch);
        _pending.Clear();
        foreach (KvpItemWrite write in batch)
        {
            string? refusal = KvpWriteCheck.GetRefusal(write, _limits);
            write.Outcome = refusal is null ? KvpWriteOutcome.InDoubt : KvpWriteOutcome.Refused;
            write.Error = refusal;
            if (refusal is null) _pending.Add(write);
        }

        for (int attempt = 1; _pending.Count > 0; attempt++)
        {
            if (_mustReadBack) await ReadBackBeforeWritingAsync(attempt, cancellationToken).ConfigureAwait(false);
            Divide();
            await MakeCallsAsync(attempt, cancellationToken).ConfigureAwait(false);
            if (_mustReadBack)
                await JudgeAsync(isLast: attempt == MaxAttempts, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Learns which own items exist. Nothing that is pending is under way when it is called.</summary>
    private async ValueTask ReadBackBeforeWritingAsync(int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await _service.ReadHostItemsAsync(new KeyReader(this), cancellationToken).ConfigureAwait(false);
            _mustReadBack = false;
        }
        catch (Exception exception) when (exception is KvpTransportException or OperationCanceledException)
        {
            foreach (KvpItemWrite write in _pending)
                (write.Outcome, write.Error) = (KvpWriteOutcome.Refused, "Not tried: " + exception.Message);
            if (attempt == 1) throw;
            _pending.Clear();
            if (exception is OperationCanceledException) throw;
        }
    }

    private void Divide()
    {
        foreach (HostCall call in _calls) call.Clear();
        foreach (KvpItemWrite write in _pending)
        {
            bool exists = _existing.Contains(write.Key);
            if (write.IsDelete && !exists) write.Outcome = KvpWriteOutcome.Landed;
            else if (write.IsDelete && _remove is not RemoveTrust.Broken) Call(HostMethod.Remove).Add(write);
            else Call(exists ? HostMethod.Modify : HostMethod.Add).Add(write);
        }

        _pending.Clear();
    }

    private async ValueTask MakeCallsAsync(int attempt, CancellationToken cancellationToken)
    {
        bool isFirst = attempt == 1;
        for (int index = 0; index < _calls.Length; index++)
        {
            HostCall call = _calls[index];
            if (call.Writes.Count == 0) continue;
            try
            {
                call.Code = await _service.CallAsync(call.Method, call.Items, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _mustReadBack = true;
                call.SetOutcome(KvpWriteOutcome.InDoubt, "The wait for the host service was given up.");
                RefuseFrom(index + 1, "Not tried: the write was given up.");
                throw;
            }
            catch (KvpTransportException exception)
            {
                _mustReadBack = true;
                RefuseFrom(index, exception.Message);
                if (isFirst) throw;
                return;
            }

            isFirst = false;
            if (!call.Code.IsSuccess) _mustReadBack = true;
            else Note(call);
        }
    }

    private void Note(HostCall call)
    {
        // The first Remove that says it worked is looked after: on some hosts it says so and does nothing.
        if (call.Method is HostMethod.Remove && _remove is RemoveTrust.Untried)
        {
            _mustReadBack = true;
            return;
        }

        foreach (KvpItemWrite write in call.Writes)
        {
            write.Outcome = KvpWriteOutcome.Landed;
            if (call.Method is HostMethod.Remove) _existing.Remove(write.Key);
            else _existing.Add(write.Key);
        }

        call.Clear();
    }

    /// <summary>Reads back what the calls without a plain success have left, and decides item by item.</summary>
    private async ValueTask JudgeAsync(bool isLast, CancellationToken cancellationToken)
    {
        ValueReader values = new(this);
        foreach (HostCall call in _calls)
        {
            foreach (KvpItemWrite write in call.Writes) values.Expect(write.Key);
        }

        if (values.IsEmpty) return;
        try
        {
            await _service.ReadHostItemsAsync(values, cancellationToken).ConfigureAwait(false);
            _mustReadBack = false;
        }
        catch (Exception exception) when (exception is KvpTransportException or OperationCanceledException)
        {
            foreach (HostCall call in _calls)
                call.SetOutcome(KvpWriteOutcome.InDoubt, $"{call.Code.Describe(call.Method)} {exception.Message}");
            if (exception is OperationCanceledException) throw;
            return;
        }

        foreach (HostCall call in _calls) Judge(call, values, isLast);
    }

    private void Judge(HostCall call, ValueReader values, bool isLast)
    {
        bool wasOldKnowledge = false;
        foreach (KvpItemWrite write in call.Writes)
        {
            string? value = values.Get(write.Key);
            wasOldKnowledge |= call.Method is HostMethod.Add ? value is not null : value is null;
            bool landed = write.IsDelete ? string.IsNullOrEmpty(value) : write.Value.Span.SequenceEqual(value)
                && value is not null;
            if (landed) (write.Outcome, write.Error) = (KvpWriteOutcome.Landed, null);
        }

        bool stays = call.Writes.Exists(write => write.Outcome is not KvpWriteOutcome.Landed);
        bool wasRemove = call.Method is HostMethod.Remove && !call.Code.MayLandLater;
        if (wasRemove && stays) _remove = RemoveTrust.Broken;
        else if (call.Method is HostMethod.Remove && call.Code.IsSuccess && !stays) _remove = RemoveTrust.Works;

        bool again = !isLast && !call.Code.MayLandLater && (wasOldKnowledge || wasRemove);
        foreach (KvpItemWrite write in call.Writes)
        {
            if (write.Outcome is KvpWriteOutcome.Landed) continue;
            if (again) _pending.Add(write);
            else write.Outcome = call.Code.MayLandLater ? KvpWriteOutcome.InDoubt : KvpWriteOutcome.Refused;
            _mustReadBack |= write.Outcome is KvpWriteOutcome.InDoubt && !again;
            write.Error = again ? null : call.Code.Describe(call.Method);
        }
    }

    private HostCall Call(HostMethod method) => _calls[(int)method];

    private void RefuseFrom(int index, string error)
    {
        for (; index < _calls.Length; index++)
        {
            _calls[index].SetOutcome(KvpWriteOutcome.Refused, error);
            _calls[index].Clear();
        }
    }

    private void Learn(ReadOnlySpan<char> key)
    {
        if (key.StartsWith(_prefix, StringComparison.Ordinal)) _existing.Add(key.ToString());
    }

    private enum RemoveTrust
    {
        Untried,
        Works,
        Broken,
    }

    /// <summary>Learns which own items exist.</summary>
    private class KeyReader : IKvpItemVisitor
    {
        internal KeyReader(HostTableWriter writer)
        {
            Writer = writer;
            writer._existing.Clear();
        }

        protected HostTableWriter Writer { get; }

        public virtual void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value) => Writer.Learn(key);
    }

    /// <summary>Learns also the values of some of them.</summary>
    private sealed class ValueReader(HostTableWriter writer) : KeyReader(writer)
    {
        private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

        internal bool IsEmpty => _values.Count == 0;

        internal void Expect(string key) => _values[key] = null;

        internal string? Get(string key) => _values[key];

        public override void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
        {
            Writer.Learn(key);
            Dictionary<string, string?>.AlternateLookup<ReadOnlySpan<char>> values =
                _values.GetAlternateLookup<ReadOnlySpan<char>>();
            if (values.ContainsKey(key)) values[key] = value.ToString();
        }
    }
}
