using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc.Calls;

/// <summary>A call of the peer, from the opening of its stream to its end.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing, and a late Cancel must find it whole.")]
internal sealed class InboundCall(CallServer server, KvpLinkStream stream, int maxResponseBytes, TimeSpan acceptedAt)
    : OpenCall
{
    // What is here when the last message is about to be sent, and no sender was made before.
    private static readonly object NoSender = new();

    private ServiceMethod? _method;
    private HandlerContext? _context;
    private RequestExtras? _extras;
    private CallHoldings? _holdings;
    private object? _sender;
    private bool _hasEnded;
    private bool _hasLeft;
    private bool _hasCallerEnded = true;

    /// <summary>Gets the token for the handler: nobody waits for it any more.</summary>
    internal CancellationToken Aborted => _holdings?.OneWaySource?.Token ?? stream.Aborted;

    internal CallServer Server => server;

    internal KvpLinkStream Stream => stream;

    internal string Method => stream.Name;

    internal int MaxResponseBytes => maxResponseBytes;

    internal int MaxItemBytes => Options.MaxMessageBytes;

    /// <summary>Gets the call's context, which is made only for a handler that asks for it.</summary>
    internal RpcContext Context => OpenContext();

    /// <summary>Gets the method that is called, once the call has been dispatched.</summary>
    internal RpcMethod Definition => _method!.Definition;

    /// <summary>Gets the time until the deadline, which calls of the handler inherit; null: there is no deadline, or
    /// the call has ended, and what the handler left behind is free of it.</summary>
    internal TimeSpan? TimeLeft
    {
        get
        {
            if (Deadline == TimeSpan.MaxValue || Volatile.Read(ref _hasEnded))
                return null;
            TimeSpan left = Deadline - server.Table.Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    internal uint PreviousAttempts => _extras?.PreviousAttempts ?? 0;

    internal ReadOnlyMemory<byte> IdempotencyId => _extras?.IdempotencyId;

    /// <summary>Gets the stream of the attempt that stands for all: this one's, unless another is named.</summary>
    internal KvpStreamId? FirstAttempt => _extras?.FirstAttempt ?? stream.Id;

    /// <summary>Gets whether anybody listens to reports.</summary>
    internal bool IsHeard => _extras is { Listening: not 0 };

    internal ReadOnlySpan<byte> TraceParent => _extras?.TraceParent;

    internal ReadOnlySpan<byte> TraceState => _extras?.TraceState;

    /// <summary>Gets or sets whether the message that came last is compressed.</summary>
    internal bool WasCompressed { get; set; }

    /// <summary>Gets or sets how answers are compressed where the caller takes them so.</summary>
    internal RpcCompression ResponseCompression { get; set; } = server.Options.Compression;

    internal bool TakesCompressed => ((_extras?.Compression ?? 0) & MessageCompression.Brotli) != 0;

    internal bool IsCompressing => ResponseCompression != RpcCompression.None && TakesCompressed;

    /// <summary>Gets what the answer says to a caller that can compress: the ways that this side takes.</summary>
    internal uint ToldCompression =>
        TakesCompressed && Options.Compression != RpcCompression.None ? MessageCompression.Brotli : 0;

    /// <summary>Gets or sets what was made for this call alone, and is disposed of when its handler has
    /// ended.</summary>
    internal object? ServiceOwner
    {
        get => _holdings?.ServiceOwner;
        set
        {
            if (value is not null || _holdings is not null)
                OpenHoldings().ServiceOwner = value;
        }
    }

    /// <summary>Gets the span and duration of the call; null: nobody measures it.</summary>
    internal CallMeasurement? Measurement { get; private set; }

    /// <summary>Gets the fields of the request's metadata as they crossed.</summary>
    internal ReadOnlySpan<byte> Metadata => _extras?.Metadata;

    /// <summary>Gets what goes to the caller with the end of the call.</summary>
    internal RpcMetadata? Trailers => Volatile.Read(ref _context)?.ResponseTrailers;

    private RpcPeerOptions Options => server.Options;

    internal override void HandleEnd(CallEnd end)
    {
        Measurement?.SetStatus(OutboundCall.GetStatus(end));
        try
        {
            _holdings?.OneWaySource?.Cancel();
            bool isLate = end == CallEnd.DeadlinePassed;
            stream.Reset((uint)(isLate ? CallResetCode.DeadlineExceeded : CallResetCode.Closing));
        }
        catch (AggregateException exception)
        {
            // A callback of the user on the handler's token. It must not take the timer's thread with it.
            Log.AbortCallbackThrew(server.Logger, exception, Method);
        }
    }

    /// <summary>Tells the caller that nothing more will come, before a one-way call runs.</summary>
    internal ValueTask CompleteOneWayAsync()
    {
        // With both directions closed the stream says nothing more: the deadline alone ends the handler.
        OpenHoldings().OneWaySource = new CancellationTokenSource();
        return stream.CompleteAsync(server.Stopping);
    }

    internal HandlerContext OpenContext()
    {
        if (Volatile.Read(ref _context) is { } context)
            return context;
        Interlocked.CompareExchange(ref _context, new HandlerContext(this), null);
        return _context;
    }

    /// <summary>Gets what sends all but the last message.</summary>
    /// <exception cref="InvalidOperationException">The last message has been sent.</exception>
    internal ItemSender OpenSender()
    {
        object? sender = Volatile.Read(ref _sender);
        if (sender is null)
        {
            ItemSender created = new(
                stream, maxResponseBytes, Options.TimeProvider, TakesCompressed ? () => IsCompressing : null);
            sender = Interlocked.CompareExchange(ref _sender, created, null) ?? created;
        }

        return sender as ItemSender ?? throw new InvalidOperationException("The call has ended.");
    }

    /// <summary>Gets what has sent other messages, if any, before the last is sent; none can be made any
    /// more.</summary>
    internal ItemSender? TakeSender() => Interlocked.CompareExchange(ref _sender, NoSender, null) as ItemSender;

    /// <summary>Gets the arguments that are streams or take reports.</summary>
    internal InboundArguments OpenArguments(RpcMethod method)
    {
        ItemSender sender = OpenSender();
        return OpenHoldings().Arguments ??= new InboundArguments(
            this, stream, sender, method.StreamArguments, _extras?.Listening ?? 0, _hasCallerEnded);
    }

    /// <summary>Ends the call after its handler, or the creation of its service, threw.</summary>
    internal ValueTask FailAsync(Exception exception, bool isOneWay = false)
    {
        if (CallErrors.IsCancellation(exception) && Aborted.IsCancellationRequested)
        {
            Log.HandlerStopped(server.Logger, Method);
            SetAborted();
            return default;
        }

        RpcException error;
        if (exception is RpcException known)
        {
            error = known;
            Log.HandlerEndedCall(server.Logger, Method, known.StatusCode, known.Message);
        }
        else
        {
            bool isTold = Options.IncludeExceptionDetails;
            error = new(StatusCode.Unknown, CallErrors.Describe(exception, isTold))
            {
                Details = isTold ? [WellKnownDetails.Describe(exception)] : [],
            };
            if (CallErrors.IsCancellation(exception))
                Log.HandlerCancelled(server.Logger, exception, Method);
            else
                Log.HandlerThrew(server.Logger, exception, Method);
        }

        Measurement?.SetStatus(error.StatusCode);
        return isOneWay ? default : ResponseWriter.SendErrorAsync(this, error, isNotRun: false);
    }

    /// <summary>Ends a call that was not dispatched.</summary>
    internal ValueTask RejectAsync(
        StatusCode status, string message, Exception? exception = null, IReadOnlyList<object>? details = null)
    {
        Log.CallRejected(server.Logger, exception, Printable(Method), status, Printable(message));
        RpcException error = new(status, message) { Details = details ?? [] };
        return ResponseWriter.SendErrorAsync(this, error, isNotRun: true);
    }

    /// <summary>The call has a place among those that are answered once.</summary>
    internal void TakePlace(RememberedAnswer? place)
    {
        if (place is not null)
            OpenHoldings().Place = place;
    }

    /// <summary>The answer is not to be kept: another attempt shall run.</summary>
    internal void LeaveWindow()
    {
        if (GiveUpPlace() is { } place)
            server.Answers.Leave(place);
    }

    /// <summary>Sends the call's last message. It counts as running no longer: the caller that has its answer may send
    /// the next call before this one has been cleared away.</summary>
    internal ValueTask SendLastAsync(ReadOnlyMemory<byte> message)
    {
        Leave();
        if (GiveUpPlace() is { } place)
            server.Answers.Complete(place, message.Span, server.Table.Now);
        return stream.SendAsync(message, endOfStream: true, server.Stopping);
    }

    /// <summary>Disposes of what was made for this call alone.</summary>
    internal ValueTask ReleaseServiceAsync()
    {
        object? owner = ServiceOwner;
        ServiceOwner = null;
        if (owner is IAsyncDisposable asyncDisposable)
            return asyncDisposable.DisposeAsync();
        (owner as IDisposable)?.Dispose();
        return default;
    }

    /// <summary>Runs the call to its end; it never fails.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask RunAsync()
    {
        // It flows into the handler and what that starts, and nowhere else: an async method leaves no trace behind.
        RpcContext.CurrentCall = this;
        try
        {
            ValueTask<KvpLinkMessage> receive = stream.ReceiveAsync(server.Stopping);
            bool wasThere = receive.IsCompleted;
            KvpLinkMessage message = await receive.ConfigureAwait(false);
            await Dispatch(message, wasThere ? acceptedAt : server.Table.Now).ConfigureAwait(false);
            if (!_hasCallerEnded)
                await AwaitCallerAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KvpLinkException or OperationCanceledException)
        {
            Log.CallerGone(server.Logger, exception, Printable(Method));
            SetAborted();
        }
        catch (Exception exception)
        {
            Log.CallBroke(server.Logger, exception, Printable(Method));
            Measurement?.SetStatus(StatusCode.Internal);
            stream.Reset((uint)CallResetCode.Internal);
        }
        finally
        {
            Volatile.Write(ref _hasEnded, true);
            Measurement?.End();
            LeaveWindow();
            server.Table.Remove(this);
            (_sender as ItemSender)?.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
            Leave();
        }
    }

    private void SetAborted() => Measurement?.SetStatus(
        Deadline <= server.Table.Now ? StatusCode.DeadlineExceeded : StatusCode.Cancelled);

    private void Leave()
    {
        if (!Interlocked.Exchange(ref _hasLeft, true))
            server.Leave();
    }

    private RememberedAnswer? GiveUpPlace() =>
        _holdings is { } holdings ? Interlocked.Exchange(ref holdings.Place, null) : null;

    private CallHoldings OpenHoldings()
    {
        if (Volatile.Read(ref _holdings) is { } holdings)
            return holdings;
        Interlocked.CompareExchange(ref _holdings, new(), null);
        return _holdings;
    }

    private ValueTask Dispatch(KvpLinkMessage message, TimeSpan receivedAt)
    {
        ServiceMethod? method = _method = server.Services.Find(Method);
        bool mayFollow = method is null or { TakesItems: true };
        bool isRead = FirstMessage.TryRead(
            message, mayFollow, Options, out FirstMessage first, out StatusCode status, out string? error);
        (_extras, WasCompressed) = (first.Extras, first.IsCompressed);
        Measurement = CallMeasurement.BeginServer(this, method is not null, server.Table.Now - receivedAt);
        if (!isRead)
        {
            message.Dispose();
            return RejectAsync(status, error!);
        }

        Deadline = first.Deadline is { } left
            ? CallTable.GetDeadline(receivedAt, TimeSpan.FromMilliseconds(left))
            : TimeSpan.MaxValue;
        if (Deadline <= server.Table.Now || !server.Table.TryAdd(this))
        {
            message.Dispose();
            Log.ExpiredCallDropped(server.Logger, Printable(Method));
            HandleEnd(Deadline <= server.Table.Now ? CallEnd.DeadlinePassed : CallEnd.Closing);
            return default;
        }

        _hasCallerEnded = message.IsEndOfStream;
        if (server.Draining.IsCancellationRequested)
        {
            message.Dispose();
            Log.CallRefusedStopping(server.Logger, Printable(Method));
            return ResponseWriter.SendErrorAsync(this, CallErrors.Stopping(Method), isNotRun: true);
        }

        if (method is not null)
            return method.Access.RunAsync(this, method, message, first.PayloadStart);
        message.Dispose();
        return RejectAsync(StatusCode.Unimplemented, server.Services.DescribeMissing(Method));
    }

    /// <summary>Waits until the caller, which was still sending when the call ended, has seen that it did.</summary>
    /// <remarks>To reset the stream at once could take the end from it.</remarks>
    private async ValueTask AwaitCallerAsync()
    {
        InboundArguments arguments = _holdings?.Arguments
            ?? new InboundArguments(this, stream, null, 0, _extras?.Listening ?? 0, hasEnded: false);
        try
        {
            await arguments.EndAsync(server.Stopping).ConfigureAwait(false);
        }
        catch (KvpLinkException)
        {
            // It has reset the stream: that is how a caller says it.
        }
    }

    // The peer chose the text: it shall not forge lines of a log.
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
