using System.Net.Sockets;
using KvpRpc.Emulator.Host;
using KvpRpc.Transports;
using MessagePack;

namespace KvpRpc.Emulator.Port;

/// <summary>The server's end of one connection: serves a guest transport of its own to a program elsewhere.</summary>
/// <remarks>When the program dies the connection ends and the transport is disposed; the tables stay as they
/// are.</remarks>
internal sealed class PortConnection(Socket socket, Func<string, IKvpTransport> open) : IAsyncDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly OneAtATime _sends = new();
    private readonly Task[] _running = [.. Enum.GetValues<PortOperation>().Select(_ => Task.CompletedTask)];
    private readonly bool[] _isBusy = new bool[Enum.GetValues<PortOperation>().Length];
    private readonly TablePart _peerTable = new();
    private readonly TablePart _ownTable = new();

    /// <summary>Serves until the other end closes, breaks the rules, or the token says so.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IKvpTransport? transport = null;
        try
        {
            transport = await GreetAsync(ending.Token).ConfigureAwait(false);
            while (transport is not null
                && await PortFrame.ReadAsync(_stream, ending.Token).ConfigureAwait(false) is { } frame)
            {
                Start(transport, frame, ending.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The program is gone, or what it sent is not of this protocol: both end the connection.
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_running).ConfigureAwait(false);
            if (transport is not null) await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static bool IsEnd(Exception exception) =>
        exception is OperationCanceledException || PortFrame.IsConnectionError(exception);

    private async ValueTask<IKvpTransport?> GreetAsync(CancellationToken cancellationToken)
    {
        if (await PortFrame.ReadAsync(_stream, cancellationToken).ConfigureAwait(false) is not { } frame) return null;
        string prefix = PortAnswers.ReadHello(frame);
        try
        {
            IKvpTransport transport = open(prefix);
            await SendAsync(PortFrame.Make(transport.Limits, PortAnswers.WriteWelcome), cancellationToken)
                .ConfigureAwait(false);
            return transport;
        }
        catch (KvpTransportException exception)
        {
            await SendErrorAsync(PortOperation.Hello, exception, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private void Start(IKvpTransport transport, byte[] frame, CancellationToken cancellationToken)
    {
        MessagePackReader reader = new(frame);
        int fields = reader.ReadArrayHeader();
        PortOperation operation = (PortOperation)reader.ReadInt32();
        if (operation is <= PortOperation.Hello or > PortOperation.Wait)
            throw new InvalidDataException("There is no such operation.");
        if (fields != (operation is PortOperation.Wait ? 1 : 2)) throw new InvalidDataException("Not a whole request.");
        if (Interlocked.Exchange(ref _isBusy[(int)operation], true))
            throw new InvalidDataException("An operation runs already.");

        Task earlier = _running[(int)operation];
        Task next = operation switch
        {
            PortOperation.ReadPeer => ReadAsync(
                operation, transport.ReadPeerTableAsync, _peerTable, reader.ReadBoolean(), cancellationToken),
            PortOperation.ReadOwn => ReadAsync(
                operation, transport.ReadOwnTableAsync, _ownTable, reader.ReadBoolean(), cancellationToken),
            PortOperation.Write => WriteAsync(
                transport, PortAnswers.ReadBatch(ref reader, transport.Limits.MaxItemsPerBatch), cancellationToken),
            _ => AnswerAsync(
                operation,
                async () =>
                {
                    await transport.WaitForChangeAsync(cancellationToken).ConfigureAwait(false);
                    return PortFrame.Make(operation, PortAnswers.WriteDone);
                },
                cancellationToken),
        };
        _running[(int)operation] = earlier.IsCompleted ? next : Task.WhenAll(earlier, next);
    }

    private Task ReadAsync(
        PortOperation operation, Func<IKvpItemVisitor, CancellationToken, ValueTask> read, TablePart table,
        bool fromStart, CancellationToken cancellationToken) => AnswerAsync(
            operation,
            async () =>
            {
                if (fromStart)
                {
                    table.Clear();
                    await read(table, cancellationToken).ConfigureAwait(false);
                }

                return PortFrame.Make((operation, table), PortAnswers.WritePart);
            },
            cancellationToken);

    private Task WriteAsync(IKvpTransport transport, KvpItemWrite[] batch, CancellationToken cancellationToken) =>
        AnswerAsync(
            PortOperation.Write,
            async () =>
            {
                await transport.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                return PortFrame.Make(batch, PortAnswers.WriteOutcomes);
            },
            cancellationToken);

    private async Task AnswerAsync(
        PortOperation operation, Func<ValueTask<ReadOnlyMemory<byte>>> answer, CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlyMemory<byte> frame = await answer().ConfigureAwait(false);

            // Before it is sent: who has the answer may ask again at once.
            _isBusy[(int)operation] = false;
            await SendAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (KvpTransportException exception)
        {
            _isBusy[(int)operation] = false;
            await SendErrorAsync(operation, exception, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The receiving side of this connection notices it too, and ends.
        }
    }

    private async Task SendErrorAsync(
        PortOperation operation, KvpTransportException error, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> frame = PortFrame.Make((operation, error), PortAnswers.WriteError);
        try
        {
            await SendAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // As above.
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        await _sends.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sends.Leave();
        }
    }
}
