using System.Diagnostics.CodeAnalysis;
using KvpRpc.Emulator.Host;
using KvpRpc.Transports;

namespace KvpRpc.Emulator;

/// <summary>Does to any transport what a bad medium may do: fails, holds, lands late, lands in part.</summary>
/// <remarks>
/// <para>For tests of programs that use KvpRpc: put it around an emulated transport, set <see cref="Faults"/>, and
/// check that all goes well again when they are taken back. The same seed gives the same faults to the same sequence of
/// operations. It owns the transport that it is put around.</para>
/// <para><see cref="Cut"/> and <see cref="Mend"/> are for faults at a chosen moment.</para>
/// </remarks>
[SuppressMessage("Security", "CA5394", Justification = "A seed that repeats a test is the point.")]
public sealed class FaultInjectingTransport : IKvpTransport
{
    private readonly IKvpTransport _inner;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly OneAtATime _writes = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _late = [];
    private volatile bool _isCut;
    private int _isDisposed;

    /// <summary>Initializes a transport around another, without faults at first.</summary>
    /// <param name="inner">The transport that does the work; disposed with this one.</param>
    /// <param name="seed">Makes a test repeatable: print it when the test fails.</param>
    /// <param name="timeProvider">The clock of holds and late landings; null for the system's.</param>
    public FaultInjectingTransport(IKvpTransport inner, int seed, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        _time = timeProvider ?? TimeProvider.System;
        _random = new Random(seed);
    }

    /// <summary>Gets or sets what happens how often, from the next operation on.</summary>
    public EmulatedFaults Faults { get; set; } = EmulatedFaults.None;

    /// <inheritdoc/>
    public KvpTransportLimits Limits => _inner.Limits;

    /// <inheritdoc/>
    public bool CanWaitForChange => _inner.CanWaitForChange;

    /// <inheritdoc/>
    public IReadOnlyList<KvpTransportProblem> Problems => _inner.Problems;

    /// <inheritdoc/>
    public long Timeline => _inner.Timeline;

    /// <summary>Lets every read and write fail until <see cref="Mend"/>. Late items land all the same.</summary>
    public void Cut() => _isCut = true;

    /// <summary>Takes a <see cref="Cut"/> back.</summary>
    public void Mend() => _isCut = false;

    /// <inheritdoc/>
    public ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        ReadAsync(_inner.ReadPeerTableAsync, visitor, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        ReadAsync(_inner.ReadOwnTableAsync, visitor, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        EmulatedFaults faults = Faults;
        await BeginAsync(faults, cancellationToken).ConfigureAwait(false);
        if (Happens(faults.WriteFails)) throw Injected("the batch was not written");

        List<KvpItemWrite> written = new(batch.Count);
        List<KvpItemWrite> unnoticed = [];
        foreach (KvpItemWrite write in batch)
        {
            (write.Outcome, write.Error) = (KvpWriteOutcome.InDoubt, null);
            if (Happens(faults.ItemRefused)) SetOutcome(write, KvpWriteOutcome.Refused, "it was refused");
            else if (Happens(faults.ItemLost)) SetOutcome(write, KvpWriteOutcome.InDoubt, "nobody knows");
            else if (Happens(faults.ItemLandsLate)) LandLate(write, faults.LateBy);
            else written.Add(write);
            if (Happens(faults.ItemLandsUnnoticed)) unnoticed.Add(write);
        }

        if (written.Count == 0) return;
        await WriteInnerAsync(written, cancellationToken).ConfigureAwait(false);
        foreach (KvpItemWrite write in unnoticed)
        {
            if (write.Outcome is KvpWriteOutcome.Landed) SetOutcome(write, KvpWriteOutcome.InDoubt, "nobody knows");
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) =>
        _inner.WaitForChangeAsync(cancellationToken);

    /// <summary>Disposes the transport that this one is put around; items that have not landed by now never
    /// will.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task[] late;
        lock (_lock) late = [.. _late];
        await Task.WhenAll(late).ConfigureAwait(false);
        _stopping.Dispose();
        await _inner.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask ReadAsync(
        Func<IKvpItemVisitor, CancellationToken, ValueTask> read, IKvpItemVisitor visitor,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        EmulatedFaults faults = Faults;
        await BeginAsync(faults, cancellationToken).ConfigureAwait(false);
        bool fails = Happens(faults.ReadFails);
        await read(new BadVisitor(this, visitor, fails ? 0.5 : faults.ItemHidden, faults.ItemTorn), cancellationToken)
            .ConfigureAwait(false);
        if (fails) throw Injected("the rest of the table was not read");
    }

    private async ValueTask BeginAsync(EmulatedFaults faults, CancellationToken cancellationToken)
    {
        if (faults.HeldBy > TimeSpan.Zero)
            await Task.Delay(GetShareOf(faults.HeldBy), _time, cancellationToken).ConfigureAwait(false);
        if (_isCut) throw Injected("the medium is cut");
    }

    private async ValueTask WriteInnerAsync(List<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        await _writes.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _inner.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writes.Leave();
        }
    }

    private void LandLate(KvpItemWrite write, TimeSpan lateBy)
    {
        SetOutcome(write, KvpWriteOutcome.InDoubt, "nobody knows yet");
        KvpItemWrite copy = new(write.Key) { Value = write.Value.ToArray(), IsDelete = write.IsDelete };
        Task landing = LandAsync(copy, GetShareOf(lateBy));
        lock (_lock)
        {
            _late.RemoveWhere(task => task.IsCompleted);
            _late.Add(landing);
        }
    }

    private async Task LandAsync(KvpItemWrite write, TimeSpan after)
    {
        try
        {
            await Task.Delay(after, _time, _stopping.Token).ConfigureAwait(false);
            await WriteInnerAsync([write], _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or KvpTransportException)
        {
            // Then it never lands, which is one of the things that in doubt means.
        }
    }

    private bool Happens(double rate)
    {
        if (rate <= 0) return false;
        lock (_lock) return _random.NextDouble() < rate;
    }

    private TimeSpan GetShareOf(TimeSpan longest)
    {
        lock (_lock) return longest * _random.NextDouble();
    }

    private static void SetOutcome(KvpItemWrite write, KvpWriteOutcome outcome, string what) =>
        (write.Outcome, write.Error) = (outcome, $"Injected fault: {what}.");

    private static KvpTransportException Injected(string what) =>
        new(KvpTransportError.Unavailable, $"Injected fault: {what}.");

    private sealed class BadVisitor(
        FaultInjectingTransport transport, IKvpItemVisitor visitor, double hidden, double torn) : IKvpItemVisitor
    {
        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
        {
            if (transport.Happens(hidden)) return;
            if (transport.Happens(torn)) visitor.Visit(key, Tear(value));
            else visitor.Visit(key, value);
        }

        // Two writes seen as one: the beginning of one text, and what might be the end of another.
        private static char[] Tear(ReadOnlySpan<char> value)
        {
            char[] text = value.ToArray();
            text.AsSpan(text.Length / 2).Reverse();
            return text;
        }
    }
}
