using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Both sides of grpc-dotnet: Kestrel and a channel over a Unix socket.</summary>
internal sealed class GrpcDesk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _server;
    private readonly GrpcChannel _channel;

    private GrpcDesk(DirectoryInfo folder, WebApplication server, GrpcChannel channel)
    {
        _folder = folder;
        _server = server;
        _channel = channel;
        Invoker = channel.CreateCallInvoker();
    }

    internal CallInvoker Invoker { get; }

    internal static async Task<GrpcDesk> StartAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("kvprpc-");
        string path = Path.Combine(folder.FullName, "grpc");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(
            options => options.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication server = builder.Build();
        server.MapGrpcService<GrpcDeskService>();
        await server.StartAsync();
        GrpcChannel channel = GrpcChannel.ForAddress("http://localhost", new()
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(path, token) },
            DisposeHttpClient = true,
        });
        return new(folder, server, channel);
    }

    internal AsyncServerStreamingCall<Reading> Watch(int count) =>
        Invoker.AsyncServerStreamingCall(GrpcDeskService.WatchMethod, null, default, new Question(count, ""));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
