using System.Net.Sockets;
using KvpRpc.Emulator.Host;
using KvpRpc.Emulator.Port;
using KvpRpc.Transports;
using MessagePack;

namespace KvpRpc.Emulator;

/// <summary>The transport of a program that is part of an emulated in-memory guest but runs in a process of its
/// own.</summary>
public sealed class EmulatedGuestTransport : IKvpTransport
{
    private readonly Stream _stream;
    private readonly OneAtATime _sends = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<byte[]>?[] _calls =
        new TaskCompletionSource<byte[]>?[Enum.GetValues<PortOperation>().Length];

    private Task _receiving = Task.CompletedTask;
    private bool _hasEnded;

    private EmulatedGuestTransport(Stream stream) => _stream = stream;

    /// <inheritdoc/>
    public KvpTransportLimits Limits { get; private set; } = new();

    /// <inheritdoc/>
    public bool CanWaitForChange => true;

    /// <inheritdoc/>
    public IReadOnlyList<KvpTransportProblem> Problems => [];

    /// <summary>Connects to the port of an emulated guest.</summary>
    /// <param name="endpoint">The <see cref="EmulatedGuestPort.Endpoint"/>.</param>
    /// <param name="prefix">What the keys of the program's own items start with.</param>
    /// <param name="cancellationToken">Gives up the attempt.</param>
    /// <exception cref="KvpTransportException">There is no such port, the guest does not run, or another program in it
    /// has opened the prefix.</exception>
    public static async ValueTask<EmulatedGuestTransport> ConnectAsync(
        string endpoint, string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(endpoint);
        ArgumentNullException.ThrowIfNull(prefix);
        EmulatedGuestTransport transport =
            new(await ConnectStreamAsync(endpoint, cancellationToken).ConfigureAwait(false));
        transport._receiving = transport.ReceiveAsync();
        try
        {
            byte[] welcome = await transport.CallAsync(
                PortOperation.Hello, PortFrame.Make(prefix, PortRequests.WriteHello), cancellationToken)
                .ConfigureAwait(false);
            transport.Limits = transport.Parse(welcome, PortRequests.ReadWelcome);
            return transport;
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        ReadAsync(PortOperation.ReadPeer, visitor, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        ReadAsync(PortOperation.ReadOwn, visitor, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, Limits.MaxItemsPerBatch);
        List<KvpItemWrite> sent = new(batch.Count);
        foreach (KvpItemWrite write in batch)
        {
            // Checked before the text becomes UTF-8, which would alter what is not valid.
            write.Error = KvpWriteCheck.GetRefusal(write, Limits);
            write.Outcome = write.Error is null ? KvpWriteOutcome.InDoubt : KvpWriteOutcome.Refused;
            if (write.Error is null) sent.Add(write);
        }

        if (sent.Count == 0) return;
        ThrowIfGone();
        ReadOnlyMemory<byte> request = PortFrame.Make(sent, PortRequests.WriteBatch);
        byte[] answer;
        try
        {
            answer = await CallAsync(PortOperation.Write, request, cancellationToken).ConfigureAwait(false);
        }
        catch (KvpTransportException exception)
        {
            // The connection ended after the batch was sent: what of it was written is not known.
            foreach (KvpItemWrite write in sent) write.Error = exception.Message;
            return;
        }

        Parse(answer, (ref reader) => PortRequests.ReadOutcomes(ref reader, sent));
    }

    /// <inheritdoc/>
    public async ValueTask WaitForChangeAsync(CancellationToken cancellationToken)
    {
        byte[] answer = await CallAsync(
            PortOperation.Wait, PortFrame.Make(PortOperation.Wait, PortRequests.WriteWait), cancellationToken)
            .ConfigureAwait(false);
        Parse(answer, (ref _) => true);
    }

    /// <summary>Closes the connection. What was written stays in the guest's table.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
    }

    private static async Task<Stream> ConnectStreamAsync(string endpoint, CancellationToken cancellationToken)
    {
        Socket? socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint), cancellationToken).ConfigureAwait(false);
            NetworkStream stream = new(socket, ownsSocket: true);
            socket = null;
            return stream;
        }
        catch (SocketException exception)
        {
            throw new KvpTransportException(
                KvpTransportError.NotFound, $"No emulated guest listens at '{endpoint}'.", exception);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private async ValueTask ReadAsync(
        PortOperation operation, IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        bool hasMore = true;
        for (bool fromStart = true; hasMore; fromStart = false)
        {
            byte[] answer = await CallAsync(
                operation, PortFrame.Make((operation, fromStart), PortRequests.WriteRead), cancellationToken)
                .ConfigureAwait(false);
            hasMore = Parse(answer, (ref reader) => PortRequests.ReadPart(ref reader, visitor));
        }
    }

    /// <summary>Sends a request and waits for its answer. An earlier one of the same kind, whose wait was given up,
    /// must have its answer first; for a wait its answer will do.</summary>
    private async ValueTask<byte[]> CallAsync(
        PortOperation operation, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            TaskCompletionSource<byte[]>? earlier;
            TaskCompletionSource<byte[]> call = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (_hasEnded) throw Gone(null);
                earlier = _calls[(int)operation];
                if (earlier is null) _calls[(int)operation] = call;
            }

            if (earlier is not null)
            {
                byte[] answer = await earlier.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (operation is PortOperation.Wait) return answer;
                continue;
            }

            await SendAsync(frame).ConfigureAwait(false);
            return await call.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Not given up half-way: a part of a frame would end the connection.
    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        await _sends.EnterAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(frame, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (PortFrame.IsConnectionError(exception))
        {
            throw Gone(exception);
        }
        finally
        {
            _sends.Leave();
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? end = null;
        try
        {
            while (await PortFrame.ReadAsync(_stream, CancellationToken.None).ConfigureAwait(false) is { } frame)
                Answer(frame);
        }
        catch (Exception exception) when (PortFrame.IsConnectionError(exception))
        {
            end = exception;
        }

        lock (_lock)
        {
            _hasEnded = true;
            for (int index = 0; index < _calls.Length; index++)
            {
                // Observed here, because a call that was given up has nobody else who would.
                _calls[index]?.SetException(Gone(end));
                _ = _calls[index]?.Task.Exception;
                _calls[index] = null;
            }
        }
    }

    private void Answer(byte[] frame)
    {
        MessagePackReader reader = new(frame);
        if (reader.ReadArrayHeader() < 2) throw new InvalidDataException("Not an answer.");
        int operation = reader.ReadInt32();
        if (operation < 0 || operation >= _calls.Length) throw new InvalidDataException("No such operation.");
        lock (_lock)
        {
            TaskCompletionSource<byte[]> call =
                _calls[operation] ?? throw new InvalidDataException("An answer to nothing.");
            _calls[operation] = null;
            call.SetResult(frame);
        }
    }

    private void ThrowIfGone()
    {
        lock (_lock)
        {
            if (_hasEnded) throw Gone(null);
        }
    }

    private static KvpTransportException Gone(Exception? exception) => new(
        KvpTransportError.Unavailable, "The connection to the emulated guest has ended.", exception);

    private T Parse<T>(byte[] answer, PortRequests.Parser<T> parse)
    {
        try
        {
            MessagePackReader reader = new(answer);
            reader.ReadArrayHeader();
            reader.Skip();
            if (reader.ReadInt32() == PortFrame.StatusOk) return parse(ref reader);
            throw new KvpTransportException((KvpTransportError)reader.ReadInt32(), reader.ReadString() ?? string.Empty);
        }
        catch (Exception exception) when (PortFrame.IsConnectionError(exception))
        {
            _stream.Dispose();
            throw Gone(exception);
        }
    }
}
