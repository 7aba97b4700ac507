using System.Runtime.CompilerServices;

namespace KvpRpc.Cases.Tests;

/// <summary>The server of the interoperability tests.</summary>
internal sealed class TestService : ITestService
{
    internal const string InitialKey = "x-grpc-test-echo-initial";
    internal const string TrailingKey = "x-grpc-test-echo-trailing-bin";

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _responses;

    /// <summary>Gets what completes when a call with a stream has reached its handler.</summary>
    internal Task Begun => _begun.Task;

    /// <summary>Gets what completes when a handler of a stream has ended before its stream.</summary>
    internal Task Cancelled => _cancelled.Task;

    /// <summary>Gets how many items handlers have yielded.</summary>
    internal int Responses => Volatile.Read(ref _responses);

    public Task EmptyCallAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<SimpleResponse> UnaryCallAsync(SimpleRequest request, CancellationToken cancellationToken)
    {
        await EchoMetadataAsync();
        ThrowIfAsked(request.Status);
        return new(new byte[request.ResponseSize]);
    }

    public async Task<int> StreamingInputCallAsync(
        IAsyncEnumerable<byte[]> payloads, CancellationToken cancellationToken)
    {
        using Handling handling = new(this);
        await EchoMetadataAsync();
        _begun.TrySetResult();
        int sum = 0;
        await foreach (byte[] payload in payloads.WithCancellation(cancellationToken))
            sum += payload.Length;
        handling.IsWhole = true;
        return sum;
    }

    public async IAsyncEnumerable<byte[]> StreamingOutputCallAsync(
        StreamingRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Handling handling = new(this);
        await EchoMetadataAsync();
        foreach (int size in request.ResponseSizes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _responses);
            yield return new byte[size];
        }

        handling.IsWhole = true;
    }

    public async IAsyncEnumerable<byte[]> FullDuplexCallAsync(
        IAsyncEnumerable<StreamingRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Handling handling = new(this);
        await EchoMetadataAsync();
        _begun.TrySetResult();
        await foreach (StreamingRequest request in requests.WithCancellation(cancellationToken))
        {
            ThrowIfAsked(request.Status);
            foreach (int size in request.ResponseSizes)
            {
                Interlocked.Increment(ref _responses);
                yield return new byte[size];
            }
        }

        handling.IsWhole = true;
    }

    private static async ValueTask EchoMetadataAsync()
    {
        RpcContext context = RpcContext.Current!;
        if (context.RequestMetadata.GetBytes(TrailingKey) is { } trailing)
            context.ResponseTrailers.Add(TrailingKey, trailing);
        if (context.RequestMetadata.GetText(InitialKey) is { } initial)
            await context.SendHeadersAsync(new() { { InitialKey, initial } });
    }

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is not null)
            throw new RpcException((StatusCode)status.Code, status.Message);
    }

    // Says when a handler ends early, wherever it stands.
    private sealed class Handling(TestService service) : IDisposable
    {
        internal bool IsWhole { get; set; }

        public void Dispose()
        {
            if (!IsWhole)
                service._cancelled.TrySetResult();
        }
    }
}
