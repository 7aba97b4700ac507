using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>The arguments of a call of this side that are streams or take reports.</summary>
/// <remarks>Each stream is enumerated on the thread pool while the call runs. Where there are several, each has a
/// credit of its own, so that one which the callee does not read cannot hold up the others.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing; the sender goes when all is sent.")]
internal sealed class OutboundArguments(
    RpcStreamArgument[] arguments,
    string method,
    KvpLinkStream stream,
    int maxBytes,
    TimeProvider time,
    bool isCompressing)
{
    /// <summary>How many bytes of each of several streams may be on their way to the handler.</summary>
    internal const int WindowBytes = 64 * 1024;

    private readonly ItemSender _sender =
        new(stream, maxBytes, time, isCompressing ? static () => true : null);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ArgumentCredit[] _credits = CreateCredits(arguments);
    private int _isStopped;
    private bool _areSeen;
    private Exception? _failure;

    /// <summary>Gets what an enumerated source threw, for which the call was given up; null: nothing.</summary>
    internal Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Gets whether a source was enumerated or a report was handed over: the call cannot be made again.
    /// </summary>
    internal bool AreSeen => Volatile.Read(ref _areSeen);

    /// <summary>Gets the bits of the arguments whose reports are wanted.</summary>
    internal static uint GetListening(RpcStreamArgument[] arguments)
    {
        uint bits = 0;
        foreach (RpcStreamArgument argument in arguments)
            bits |= argument.IsListening ? 1u << argument.Index : 0;
        return bits;
    }

    internal static bool HaveItems(RpcStreamArgument[] arguments) => arguments.Any(argument => argument.IsStream);

    /// <summary>Begins to enumerate.</summary>
    internal void Start()
    {
        Volatile.Write(ref _areSeen, true);
        _ = SendAllAsync();
    }

    /// <summary>Gives the reports in a message to who listens; false if there is no such argument.</summary>
    /// <exception cref="RpcException">A report cannot be read.</exception>
    internal bool TryReport(uint argument, ref ItemCursor reports, int maxItemBytes, string method)
    {
        foreach (RpcStreamArgument candidate in arguments)
        {
            if (!candidate.IsListening || (uint)candidate.Index + 1 != argument)
                continue;
            while (reports.HasNext)
                candidate.Report(ref reports, maxItemBytes, method, this);
            return true;
        }

        return false;
    }

    /// <summary>Calls code of the user, whose exceptions end the call.</summary>
    internal void Report<T>(IProgress<T> sink, T report)
    {
        Volatile.Write(ref _areSeen, true);
        try
        {
            sink.Report(report);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _failure, exception);
            throw;
        }
    }

    /// <summary>Lets more items of an argument go; false if there is no such argument.</summary>
    internal bool TryAddCredit(uint argument, uint bytes)
    {
        if (argument >= (uint)_credits.Length)
            return false;
        _credits[argument].Add(bytes);
        return true;
    }

    /// <summary>Sends the items of one source until it ends.</summary>
    internal async Task SendAsync<T>(int index, RpcSerializer<T> serializer, IAsyncEnumerable<T> source)
    {
        ArgumentCredit? credit = _credits.Length > 1 ? _credits[index] : null;
        IAsyncEnumerator<T> items = source.GetAsyncEnumerator(_stopping.Token);
        try
        {
            while (true)
            {
                ValueTask<bool> next = items.MoveNextAsync();
                if (!next.IsCompleted)
                    _sender.Flush();
                if (!await next.ConfigureAwait(false))
                    return;
                if (credit?.HasLeft == false)
                {
                    _sender.Flush();
                    await credit.WaitAsync(_stopping.Token).ConfigureAwait(false);
                }

                T item = items.Current;
                try
                {
                    int bytes = await _sender.WriteAsync((uint)index, serializer, item).ConfigureAwait(false);
                    credit?.Take(bytes);
                }
                catch (Exception exception) when (exception is not KvpLinkException)
                {
                    throw CallErrors.ItemUnwritable(method, exception, maxBytes);
                }
            }
        }
        finally
        {
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The call has ended: no more is enumerated. The sources are not waited for.</summary>
    internal void Stop()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 0)
            _ = _stopping.CancelAsync();
    }

    private static ArgumentCredit[] CreateCredits(RpcStreamArgument[] arguments)
    {
        int count = arguments.Count(argument => argument.IsStream);
        ArgumentCredit[] credits = new ArgumentCredit[count];
        for (int i = 0; i < count; i++)
            credits[i] = new ArgumentCredit(WindowBytes);
        return credits;
    }

    private async Task SendAllAsync()
    {
        try
        {
            // Each on its own: a source that blocks must not hold up the others.
            IEnumerable<RpcStreamArgument> streams = arguments.Where(argument => argument.IsStream);
            await Task.WhenAll(streams.Select(argument => Task.Run(() => SendOneAsync(argument))))
                .ConfigureAwait(false);
            ReadOnlyMemory<byte> rest = await _sender.CloseAsync().ConfigureAwait(false);
            if (rest.IsEmpty)
                await stream.CompleteAsync(default).ConfigureAwait(false);
            else
                await stream.SendAsync(_sender.CompressRest(), endOfStream: true, default).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            HandleFailure(exception);
        }
        finally
        {
            _sender.Dispose();
        }
    }

    private async Task SendOneAsync(RpcStreamArgument argument)
    {
        try
        {
            await argument.SendAsync(this).ConfigureAwait(false);
            if (_credits.Length > 1)
                await _sender.WriteAloneAsync(CallMessageKind.End, (uint)argument.Index).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            HandleFailure(exception);
            throw;
        }
    }

    /// <summary>Gives the call up, unless it has ended: its reader then finds the failure.</summary>
    private void HandleFailure(Exception exception)
    {
        if (_sender.Failure is not null || exception is KvpLinkException
            || Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        Volatile.Write(ref _failure, exception);
        stream.Reset((uint)CallResetCode.Cancelled);
        _ = _stopping.CancelAsync();
    }
}
