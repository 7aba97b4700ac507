using Grpc.Core;
using MessagePack;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>The service of grpc-dotnet, with the same messages: written and read as MessagePack, without copies, by the
/// interface that generated Protobuf code uses.</summary>
[BindServiceMethod(typeof(GrpcDeskService), nameof(Bind))]
public class GrpcDeskService
{
    internal static readonly Method<Question, Reading> WatchMethod =
        new(MethodType.ServerStreaming, "bench.Desk", nameof(WatchAsync), Create<Question>(), Create<Reading>());

    internal static readonly Method<Question, Answer> AskMethod =
        new(MethodType.Unary, "bench.Desk", nameof(AskAsync), Create<Question>(), Create<Answer>());

    private readonly Desk _desk = new();

    public static void Bind(ServiceBinderBase binder, GrpcDeskService? service)
    {
        binder.AddMethod(WatchMethod, service is null ? null : service.WatchAsync);
        binder.AddMethod(AskMethod, service is null ? null : service.AskAsync);
    }

    public virtual Task<Answer> AskAsync(Question request, ServerCallContext context) =>
        _desk.AskAsync(request, context.CancellationToken);

    public virtual async Task WatchAsync(
        Question request, IServerStreamWriter<Reading> writer, ServerCallContext context)
    {
        await foreach (Reading reading in _desk.WatchAsync(request.Id, context.CancellationToken))
            await writer.WriteAsync(reading);
    }

    private static Marshaller<T> Create<T>() => new(
        static (value, context) =>
        {
            MessagePackSerializer.Serialize(context.GetBufferWriter(), value);
            context.Complete();
        },
        static context => MessagePackSerializer.Deserialize<T>(context.PayloadAsReadOnlySequence()));
}
