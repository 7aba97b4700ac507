using KvpRpc.Generated;
using KvpRpc.Generator.Tests.Contracts;
using MessagePack;

[assembly: KvpRpc.KvpContract(typeof(IPatching))]

namespace KvpRpc.Generator.Tests;

public sealed class CallTests
{
    private readonly Patching _service = new();
    private readonly Loopback<IPatching> _loopback;
    private readonly IPatching _client;

    public CallTests()
    {
        _loopback = new Loopback<IPatching>(_service);
        _client = RpcContracts.Get<IPatching>().CreateClient(_loopback);
    }

    [Fact]
    public async Task A_call_carries_arguments_and_result()
    {
        PatchReport report = await _client.InstallAsync(
            new PatchRequest("KB1", [1, 2, 3]), "because", TestContext.Current.CancellationToken);

        Assert.True(report.Succeeded);
        Assert.Equal("KB1 1,2,3 because", report.Text);
    }

    [Fact]
    public async Task The_token_reaches_the_service_and_does_not_cross()
    {
        using var source = new CancellationTokenSource();
        await _client.RebootAsync(5, source.Token);

        Assert.Equal(source.Token, _service.Token);
        Assert.Equal(5, _service.Delay);
    }

    [Fact]
    public async Task Every_kind_of_task_comes_back()
    {
        Assert.Equal(42, await _client.CountAsync());
        using var source = new CancellationTokenSource();
        await _client.PingAsync(source.Token);
        await _client.NotifyAsync("text", [1, 2]);
        await _client.LogAsync("line");

        Assert.Equal(source.Token, _service.Token);
        Assert.Equal(["text 2", "line"], _service.Texts);
    }

    [Fact]
    public async Task What_the_service_throws_comes_back()
    {
        _service.Error = new RpcException(StatusCode.NotFound, "no such patch");

        Assert.Same(_service.Error, await Assert.ThrowsAsync<RpcException>(() =>
            _client.RebootAsync(1, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Methods_are_known_by_their_ids()
    {
        Assert.Equal(
            ["Count", "Install", "Notify", "Ping", "Reboot", "log"],
            _loopback.Methods.Values.Select(method => method.Name).Order(StringComparer.Ordinal));
        Assert.All(_loopback.Methods.Values, method => Assert.Equal("contoso.Patching", method.ServiceName));
        Assert.True(_loopback.Methods["contoso.Patching/Install"].IsIdempotent);
        Assert.False(_loopback.Methods["contoso.Patching/Reboot"].IsIdempotent);
        Assert.Equal(RpcMethodShape.OneWay, _loopback.Methods["contoso.Patching/log"].Shape);
    }

    [Fact]
    public void A_request_is_an_array_of_the_arguments_and_a_response_the_value()
    {
        var reboot = (RpcMethod<ValueTuple<int>, RpcUnit>)_loopback.Methods["contoso.Patching/Reboot"];
        var count = (RpcMethod<RpcUnit, int>)_loopback.Methods["contoso.Patching/Count"];

        Assert.Equal<byte>([0x91, 0x05], Wire.Write(reboot.Request, new(5)));
        Assert.Equal<byte>([0xc0], Wire.Write(reboot.Response, default));
        Assert.Equal<byte>([0x90], Wire.Write(count.Request, default));
        Assert.Equal<byte>([0x05], Wire.Write(count.Response, 5));
    }

    [Fact]
    public void Arguments_of_a_newer_peer_are_skipped()
    {
        var reboot = (RpcMethod<ValueTuple<int>, RpcUnit>)_loopback.Methods["contoso.Patching/Reboot"];
        var count = (RpcMethod<RpcUnit, int>)_loopback.Methods["contoso.Patching/Count"];

        Assert.Equal(5, Wire.Read(reboot.Request, new byte[] { 0x93, 0x05, 0x92, 0x01, 0x02, 0xa1, 0x61 }).Item1);
        Assert.Equal(default, Wire.Read(count.Request, new byte[] { 0x92, 0x05, 0xc0 }));
        Assert.Equal(default, Wire.Read(reboot.Response, new byte[] { 0x92, 0x05, 0xc0 }));
    }

    [Fact]
    public void Arguments_that_an_older_peer_leaves_out_take_their_default_or_are_refused()
    {
        var install = (RpcMethod<(PatchRequest, string), PatchReport>)_loopback.Methods["contoso.Patching/Install"];

        Assert.Equal("none", Wire.Read(install.Request, new byte[] { 0x91, 0xc0 }).Item2);
        var exception = Assert.Throws<MessagePackSerializationException>(
            () => Wire.Read(install.Request, new byte[] { 0x90 }));
        Assert.Contains("'request'", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Patching : IPatching
    {
        internal CancellationToken Token { get; private set; }

        internal int Delay { get; private set; }

        internal Exception? Error { get; set; }

        internal List<string> Texts { get; } = [];

        public Task<PatchReport> InstallAsync(
            PatchRequest request, string reason, CancellationToken cancellationToken) =>
            Task.FromResult(new PatchReport
            {
                Succeeded = true,
                Text = $"{request.Name} {string.Join(',', request.Numbers)} {reason}",
            });

        public ValueTask<int> CountAsync() => new(42);

        public Task RebootAsync(int delay, CancellationToken cancellationToken)
        {
            (Delay, Token) = (delay, cancellationToken);
            return Error is null ? Task.CompletedTask : Task.FromException(Error);
        }

        public ValueTask PingAsync(CancellationToken cancellationToken)
        {
            Token = cancellationToken;
            return default;
        }

        public Task NotifyAsync(string text, byte[]? payload)
        {
            Texts.Add($"{text} {payload?.Length}");
            return Task.CompletedTask;
        }

        public ValueTask LogAsync(string text)
        {
            Texts.Add(text);
            return default;
        }
    }
}
