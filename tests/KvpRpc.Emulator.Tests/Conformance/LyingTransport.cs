using KvpRpc.Transports;

namespace KvpRpc.Emulator.Tests.Conformance;

/// <summary>What a transport may do wrong.</summary>
public enum Lie
{
    CutsLongValues,
    TakesWhatIsTooLong,
    ChangesText,
    ForgetsDeletes,
    FailsDeletesOfTheMissing,
    LosesTheLastItemOfABatch,
    ReportsLandedWithoutWriting,
    TearsValues,
    ShowsKeysTwice,
    HidesForeignItems,
    MissesChanges,
    IgnoresCancellationOfAWait,
    StartsEmpty,
}

/// <summary>Breaks one promise of <see cref="IKvpTransport"/> around a transport that keeps them all.</summary>
internal sealed class LyingTransport(IKvpTransport inner, Lie lie, TaskCompletionSource waitBegan) : IKvpTransport
{
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private bool _isFirstOwnRead = true;

    public KvpTransportLimits Limits => inner.Limits;

    public bool CanWaitForChange => inner.CanWaitForChange;

    public IReadOnlyList<KvpTransportProblem> Problems => inner.Problems;

    public ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        inner.ReadPeerTableAsync(new Visitor(this, visitor), cancellationToken);

    public async ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        bool hides = lie is Lie.StartsEmpty && _isFirstOwnRead;
        _isFirstOwnRead = false;
        if (!hides) await inner.ReadOwnTableAsync(new Visitor(this, visitor), cancellationToken);
    }

    public async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        List<KvpItemWrite> inners = [];
        foreach (KvpItemWrite write in batch) inners.Add(Change(write));
        if (lie is Lie.LosesTheLastItemOfABatch && inners.Count > 1) inners.RemoveAt(inners.Count - 1);
        if (lie is Lie.ReportsLandedWithoutWriting) inners.Clear();
        await inner.WriteAsync(inners, cancellationToken);
        foreach (KvpItemWrite write in batch) (write.Outcome, write.Error) = (KvpWriteOutcome.Landed, null);
        foreach ((KvpItemWrite write, KvpItemWrite told) in inners.Zip(batch))
        {
            if (lie is not Lie.TakesWhatIsTooLong) (told.Outcome, told.Error) = (write.Outcome, write.Error);
        }

        if (lie is not Lie.FailsDeletesOfTheMissing) return;
        foreach (KvpItemWrite write in batch.Where(write => write.IsDelete && !_hidden.Remove(write.Key)))
            (write.Outcome, write.Error) = (KvpWriteOutcome.Refused, "There is no such item.");
        foreach (KvpItemWrite write in batch.Where(write => !write.IsDelete)) _hidden.Add(write.Key);
    }

    public async ValueTask WaitForChangeAsync(CancellationToken cancellationToken)
    {
        if (lie is Lie.MissesChanges && inner.CanWaitForChange)
        {
            // Forgets what changed before the wait, by reading first.
            await inner.ReadPeerTableAsync(new Nothing(), cancellationToken);
        }

        waitBegan.TrySetResult();
        await inner.WaitForChangeAsync(
            lie is Lie.IgnoresCancellationOfAWait ? TestContext.Current.CancellationToken : cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private KvpItemWrite Change(KvpItemWrite write)
    {
        ReadOnlyMemory<char> value = write.Value;
        bool isDelete = write.IsDelete && lie is not Lie.ForgetsDeletes;
        if (lie is Lie.CutsLongValues && value.Length > 1000) value = value[..1000];
        if (lie is Lie.ChangesText) value = value.ToString().Replace("e\u0301", "\u00E9", StringComparison.Ordinal)
            .AsMemory();
        if (lie is Lie.ForgetsDeletes && write.IsDelete) return new KvpItemWrite("elsewhere") { IsDelete = true };
        return new KvpItemWrite(write.Key) { Value = value, IsDelete = isDelete };
    }

    private sealed class Visitor(LyingTransport transport, IKvpItemVisitor visitor) : IKvpItemVisitor
    {
        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
        {
            bool isForeign = key.StartsWith("Other.", StringComparison.Ordinal);
            if (transport.Is(Lie.HidesForeignItems) && isForeign) return;
            if (transport.Is(Lie.TearsValues) && value.Length > 50) value = value[..^20];
            visitor.Visit(key, value);
            if (transport.Is(Lie.ShowsKeysTwice)) visitor.Visit(key, value);
        }
    }

    private bool Is(Lie other) => lie == other;

    private sealed class Nothing : IKvpItemVisitor
    {
        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
        {
            // Nobody looks.
        }
    }
}
