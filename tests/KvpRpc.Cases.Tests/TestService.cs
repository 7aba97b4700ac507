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
        Check(request.ExpectCompressed);
        Compress(request.ResponseCompressed);
        ThrowIfAsked(request.Status);
        return new(new byte[request.ResponseSize]);
    }

    public async Task<int> StreamingInputCallAsync(
        IAsyncEnumerable<StreamingInput> inputs, CancellationToken cancellationToken)
    {
        using Handling handling = new(this);
        await EchoMetadataAsync();
        _begun.TrySetResult();
        int sum = 0;
        await foreach (StreamingInput input in inputs.WithCancellation(cancellationToken))
        {
            Check(input.ExpectCompressed);
            sum += input.Payload.Length;
        }

        handling.IsWhole = true;
        return sum;
    }

    public async IAsyncEnumerable<byte[]> StreamingOutputCallAsync(
        StreamingRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Handling handling = new(this);
        await EchoMetadataAsync();
        for (int i = 0; i < request.ResponseSizes.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _responses);
            Compress(request.ResponsesCompressed?[i]);
            yield return new byte[request.ResponseSizes[i]];
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

    private static void Check(bool? isCompressed)
    {
        if (isCompressed is { } expected && RpcContext.CurrentCall!.WasCompressed != expected)
            throw new RpcException(StatusCode.InvalidArgument, $"The message is {(expected ? "not " : "")}compressed.");
    }

    private static void Compress(bool? isCompressed)
    {
        if (isCompressed is { } wanted)
            RpcContext.Current!.ResponseCompression = wanted ? RpcCompression.Brotli : RpcCompression.None;
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
