namespace KvpRpc.Resilience;

/// <summary>The answers that a callee keeps for callers who lost them, and the calls that will give some.</summary>
/// <remarks>
/// <para>What is kept is bounded by number, bytes and time; the calls that run are bounded already. The oldest answers
/// go first; what is too old goes with the next answer. Entries and their memory serve again, so that a call which
/// succeeds at once allocates nothing here.</para>
/// <para>Safe to call from any thread.</para>
/// </remarks>
internal sealed class AnswerWindow(RpcDedupeOptions options)
{
    /// <summary>How much memory an entry keeps for its next answer.</summary>
    private const int ReusedBytes = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<AnswerKey, RememberedAnswer> _answers = [];
    private readonly Queue<RememberedAnswer> _kept = new();
    private readonly Stack<RememberedAnswer> _spare = new();
    private int _keptBytes;

    internal bool IsOff => options.MaxAnswers == 0;

    /// <summary>Gets how many answers are kept.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
                return _kept.Count;
        }
    }

    internal int KeptBytes
    {
        get
        {
            lock (_gate)
                return _keptBytes;
        }
    }

    /// <summary>Enters an attempt at a call.</summary>
    /// <param name="key">The call.</param>
    /// <param name="now">The time.</param>
    /// <param name="answer">The answer that another attempt has given or will give; null is given where that ended
    /// without one. Null: there is no other.</param>
    /// <returns>The place of the call that is to run now, to be completed or left; null: another attempt has
    /// it.</returns>
    internal RememberedAnswer? Enter(in AnswerKey key, TimeSpan now, out Task<byte[]?>? answer)
    {
        lock (_gate)
        {
            answer = null;
            DropOld(now);
            if (!_answers.TryGetValue(key, out RememberedAnswer? entry))
            {
                if (!_spare.TryPop(out entry))
                    entry = new();
                entry.Key = key;
                _answers.Add(key, entry);
                return entry;
            }

            if (entry.IsDone)
            {
                answer = Task.FromResult<byte[]?>(entry.Bytes.AsSpan(0, entry.Length).ToArray());
            }
            else
            {
                entry.Waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                answer = entry.Waiting.Task;
            }

            return null;
        }
    }

    /// <summary>Keeps the answer of a call, and gives it to the attempts that wait for it.</summary>
    internal void Complete(RememberedAnswer entry, ReadOnlySpan<byte> answer, TimeSpan now)
    {
        lock (_gate)
        {
            // Who waits now gets the answer, even if it is not kept.
            entry.Waiting?.SetResult(answer.ToArray());
            entry.Waiting = null;
            if (answer.Length > options.MaxBytes || options.KeepFor == TimeSpan.Zero)
            {
                Forget(entry);
                return;
            }

            if (entry.Bytes.Length < answer.Length)
                entry.Bytes = GC.AllocateUninitializedArray<byte>(Math.Max(answer.Length, 32));
            answer.CopyTo(entry.Bytes);
            entry.Length = answer.Length;
            entry.KeptUntil = now + options.KeepFor;
            entry.IsDone = true;
            _kept.Enqueue(entry);
            _keptBytes += answer.Length;
            while (_kept.Count > options.MaxAnswers || _keptBytes > options.MaxBytes)
                DropOldest();
        }
    }

    /// <summary>Takes a call out that has ended without an answer to keep.</summary>
    internal void Leave(RememberedAnswer entry)
    {
        lock (_gate)
        {
            entry.Waiting?.SetResult(null);
            entry.Waiting = null;
            Forget(entry);
        }
    }

    private void DropOld(TimeSpan now)
    {
        while (_kept.TryPeek(out RememberedAnswer? oldest) && oldest.KeptUntil <= now)
            DropOldest();
    }

    private void DropOldest()
    {
        RememberedAnswer oldest = _kept.Dequeue();
        _keptBytes -= oldest.Length;
        Forget(oldest);
    }

    private void Forget(RememberedAnswer entry)
    {
        _answers.Remove(entry.Key);
        entry.IsDone = false;
        entry.Length = 0;
        if (entry.Bytes.Length > ReusedBytes)
            entry.Bytes = [];
        if (_spare.Count < options.MaxAnswers)
            _spare.Push(entry);
    }
}
