namespace KvpRpc.Cases.Tests;

/// <summary>The service of gRPC's interoperability tests (grpc.testing.TestService), as a contract.</summary>
[KvpService(Name = "grpc.testing.TestService")]
public interface ITestService
{
    Task EmptyCallAsync(CancellationToken cancellationToken = default);

    Task<SimpleResponse> UnaryCallAsync(SimpleRequest request, CancellationToken cancellationToken = default);

    Task<int> StreamingInputCallAsync(
        IAsyncEnumerable<StreamingInput> inputs, CancellationToken cancellationToken = default);

    IAsyncEnumerable<byte[]> StreamingOutputCallAsync(
        StreamingRequest request, CancellationToken cancellationToken = default);

    IAsyncEnumerable<byte[]> FullDuplexCallAsync(
        IAsyncEnumerable<StreamingRequest> requests, CancellationToken cancellationToken = default);
}
