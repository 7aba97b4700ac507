using KvpRpc.Generator.Tests.Contracts;

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
        _client = Generated.RpcContracts.Get<IPatching>().CreateClient(_loopback);
    }

    [Fact]
    public async Task A_call_carries_arguments_and_result()
    {
        PatchReport report = await _client.InstallAsync(new PatchRequest("KB1", [1, 2, 3]), "because", TestContext.Current.CancellationToken);

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

    private sealed class Patching : IPatching
    {
        internal CancellationToken Token { get; private set; }

        internal int Delay { get; private set; }

        internal List<string> Texts { get; } = [];

        public Task<PatchReport> InstallAsync(PatchRequest request, string reason, CancellationToken cancellationToken) =>
            Task.FromResult(new PatchReport
            {
                Succeeded = true,
                Text = $"{request.Name} {string.Join(',', request.Numbers)} {reason}",
            });

        public ValueTask<int> CountAsync() => new(42);

        public Task RebootAsync(int delay, CancellationToken cancellationToken)
        {
            (Delay, Token) = (delay, cancellationToken);
            return Task.CompletedTask;
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
