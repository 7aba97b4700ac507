using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls.Access;

public sealed class AccessTests
{
    private static readonly Guid Web = new("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Db = new("22222222-2222-2222-2222-222222222222");
    private static readonly RpcPeerIdentity WebGuest = new(RpcPeerSide.Guest, Web, "web-01");
    private static readonly RpcPeerIdentity DbGuest = new(RpcPeerSide.Guest, Db, "db-01");
    private static readonly RpcPeerIdentity OwnHost = new(RpcPeerSide.Host);

    [Fact]
    public async Task A_service_added_without_a_rule_is_denied_and_the_error_says_what_to_add()
    {
        MemoryLinkPair links = new();
        MemoryLinkSource left = new();
        MemoryLinkSource right = new();
        left.Open(links.Left);
        right.Open(links.Right);
        await using RpcPeer caller = new(left);
        await using RpcPeer callee = new(right);
        Vault vault = new();
        callee.AddService<IVault>(vault);
        callee.Start();
        RpcException error = await Wait.ForError(caller.CreateClient<IVault>().ReadAsync("a"));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Contains("AddService(service, RpcAccess.Anyone)", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, vault.Calls);
    }

    [Fact]
    public async Task The_default_access_holds_for_services_added_without_a_rule()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { DefaultAccess = RpcAccess.Nobody });
        Assert.Equal(
            StatusCode.PermissionDenied, (await Wait.ForError(peers.Client.RunAsync("a"))).StatusCode);
        peers.Right.AddService<IVault>(new Vault(), RpcAccess.Anyone);
        Assert.Equal("a", await Wait.For(peers.Left.CreateClient<IVault>().ReadAsync("a")));
    }

    [Fact]
    public async Task Every_shape_of_call_is_guarded()
    {
        await using PeerPair peers = new();
        (IVault client, Vault vault) = Add(peers, WebGuest, RpcAccess.Nobody);
        Assert.Equal(StatusCode.PermissionDenied, await AskAsync(client));
        Task<List<string>> items = client.ListAsync().ToListAsync().AsTask();
        Assert.Equal(StatusCode.PermissionDenied, (await Wait.ForError(items)).StatusCode);
        await Wait.For(client.TouchAsync("a"));
        await Wait.Until(() => peers.LeftLog.Lines.Any(line => line.Text.Contains("Touch", StringComparison.Ordinal)));
        Assert.Equal(0, vault.Calls);
    }

    [Fact]
    public async Task A_denial_is_logged_once_however_often_it_is_asked()
    {
        await using PeerPair peers = new();
        (IVault client, _) = Add(peers, WebGuest, RpcAccess.Nobody);
        for (int i = 0; i < 20; i++)
            Assert.Equal(StatusCode.PermissionDenied, await AskAsync(client));
        (LogLevel level, int id, string text) = Assert.Single(
            peers.RightLog.Lines, line => line.Level >= LogLevel.Information);
        Assert.Equal((LogLevel.Warning, 116), (level, id));
        Assert.Contains("web-01", text, StringComparison.Ordinal);
        Assert.Contains("test.Vault/Read", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_go_by_id_name_side_and_proof()
    {
        Guid other = Guid.Parse("33333333-3333-3333-3333-333333333333");
        (RpcAccess Rule, RpcPeerIdentity Caller, StatusCode Expected)[] cases =
        [
            (RpcAccess.VirtualMachines(other, Web), WebGuest, StatusCode.Ok),
            (RpcAccess.VirtualMachines(other, Web), DbGuest, StatusCode.PermissionDenied),
            (RpcAccess.VirtualMachines(Web), OwnHost with { VirtualMachineId = Web }, StatusCode.PermissionDenied),
            (RpcAccess.VirtualMachinesNamed("app-*", "web-*"), WebGuest, StatusCode.Ok),
            (RpcAccess.VirtualMachinesNamed("app-*", "web-*"), DbGuest, StatusCode.PermissionDenied),
            (RpcAccess.VirtualMachinesNamed("*"), RpcPeerIdentity.Unknown, StatusCode.PermissionDenied),
            (RpcAccess.Host, OwnHost, StatusCode.Ok),
            (RpcAccess.Host, WebGuest, StatusCode.PermissionDenied),
            (RpcAccess.Proven, WebGuest, StatusCode.Unauthenticated),
            (RpcAccess.Proven, WebGuest with { IsProven = true }, StatusCode.Ok),
        ];
        foreach ((RpcAccess rule, RpcPeerIdentity caller, StatusCode expected) in cases)
        {
            await using PeerPair peers = new();
            (IVault client, _) = Add(peers, caller, rule);
            Assert.Equal(expected, await AskAsync(client));
        }
    }

    [Theory]
    [InlineData(true, true, true, StatusCode.Ok)]
    [InlineData(true, true, false, StatusCode.Unauthenticated)]
    [InlineData(true, false, true, StatusCode.PermissionDenied)]
    [InlineData(true, false, false, StatusCode.PermissionDenied)]
    [InlineData(false, true, false, StatusCode.Ok)]
    [InlineData(false, false, true, StatusCode.Ok)]
    [InlineData(false, false, false, StatusCode.Unauthenticated)]
    public async Task Rules_are_joined_whether_they_take_time_or_not(
        bool isAnd, bool isWeb, bool isProven, StatusCode expected)
    {
        RpcAccess web = RpcAccess.VirtualMachines(Web);
        RpcAccess slowWeb = RpcAccess.WhenAsync(async context =>
        {
            await Task.Yield();
            return context.Peer.VirtualMachineId == Web;
        });
        RpcPeerIdentity caller = (isWeb ? WebGuest : DbGuest) with { IsProven = isProven };
        RpcAccess proven = RpcAccess.Proven;
        RpcAccess[] rules = isAnd
            ? [web & proven, proven & web, slowWeb & proven, proven & slowWeb]
            : [web | proven, proven | web, slowWeb | proven, proven | slowWeb];
        foreach (RpcAccess rule in rules)
        {
            await using PeerPair peers = new();
            (IVault client, _) = Add(peers, caller, rule);
            Assert.Equal(expected, await AskAsync(client));
        }
    }

    [Fact]
    public async Task A_method_can_have_a_rule_of_its_own_by_either_of_its_names()
    {
        await using PeerPair peers = new();
        RpcAccess rule = RpcAccess.Nobody
            .WithMethod(nameof(IVault.ReadAsync), RpcAccess.Anyone)
            .WithMethod("List", RpcAccess.Anyone);
        (IVault client, Vault vault) = Add(peers, WebGuest, rule);
        Assert.Equal(StatusCode.Ok, await AskAsync(client));
        Assert.Equal(["one"], await Wait.For(client.ListAsync().ToListAsync().AsTask()));
        RpcException error = await Wait.ForError(client.WriteAsync("a", "b"));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Equal("This caller may not call test.Vault/Write.", error.Message);
        Assert.Equal(2, vault.Calls);
    }

    [Fact]
    public async Task A_rule_for_a_method_that_is_not_there_is_refused_when_the_service_is_added()
    {
        await using PeerPair peers = new();
        RpcAccess rule = RpcAccess.Anyone.WithMethod("Wrote", RpcAccess.Nobody) & RpcAccess.Anyone;
        InvalidOperationException mistake = Assert.Throws<InvalidOperationException>(
            () => peers.Right.AddService<IVault>(new Vault(), rule));
        Assert.Contains("Wrote", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("Read, Write, List, Touch", mistake.Message, StringComparison.Ordinal);
        peers.Right.AddService<IVault>(new Vault(), RpcAccess.Anyone);
    }

    [Fact]
    public async Task A_group_can_change_while_its_services_are_called()
    {
        await using PeerPair peers = new();
        RpcAccessGroup group = new(Db);
        (IVault client, _) = Add(peers, WebGuest, group);
        Assert.Equal(StatusCode.PermissionDenied, await AskAsync(client));
        group.Add(Web);
        Assert.Equal(StatusCode.Ok, await AskAsync(client));
        Assert.True(group.Remove(Web));
        Assert.False(group.Contains(Web));
        Assert.Equal(StatusCode.PermissionDenied, await AskAsync(client));
    }

    [Fact]
    public async Task A_rule_sees_the_call_but_is_asked_before_its_arguments_are_read()
    {
        await using PeerPair peers = new();
        string? seen = null;
        (IVault client, _) = Add(peers, WebGuest, RpcAccess.When(context =>
        {
            seen = $"{context.Method} {context.Peer.VirtualMachineName} {context.RequestMetadata.GetText("ticket")}";
            return true;
        }));
        IVault withTicket = RpcClients.With(client, new() { Metadata = new() { { "ticket", "42" } } });
        Assert.Equal(StatusCode.Ok, await AskAsync(withTicket));
        Assert.Equal("test.Vault/Read web-01 42", seen);
    }

    [Fact]
    public async Task A_rule_that_throws_lets_nothing_run_and_says_nothing()
    {
        await using PeerPair peers = new();
        foreach (RpcAccess rule in (RpcAccess[])[
            RpcAccess.When(_ => throw new IOException("secret")),
            RpcAccess.WhenAsync(async _ =>
            {
                await Task.Yield();
                throw new IOException("secret");
            })])
        {
            await using PeerPair own = new();
            (IVault client, Vault vault) = Add(own, WebGuest, rule);
            RpcException error = await Wait.ForError(client.ReadAsync("a"));
            Assert.Equal(StatusCode.Internal, error.StatusCode);
            Assert.True(error.CertainlyNotRun);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, vault.Calls);
            Assert.Contains(own.RightLog.Lines, line => line.Id == 117);
        }
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented_also_for_a_caller_that_may_call_nothing()
    {
        await using RawCaller raw = new(access: RpcAccess.Nobody);
        byte[] message = [1, 0x90];
        Assert.Equal(
            StatusCode.PermissionDenied, (await raw.CallForErrorAsync("test.Probe/Run", message)).StatusCode);
        Assert.Equal(
            StatusCode.Unimplemented, (await raw.CallForErrorAsync("test.Probe/Other", message)).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, (await raw.CallForErrorAsync("test.No/Run", message)).StatusCode);
    }

    private static (IVault Client, Vault Vault) Add(PeerPair peers, RpcPeerIdentity caller, RpcAccess access)
    {
        peers.RightSource.Peer = caller;
        Vault vault = new();
        peers.Right.AddService<IVault>(vault, access);
        return (peers.Left.CreateClient<IVault>(), vault);
    }

    private static async Task<StatusCode> AskAsync(IVault client)
    {
        try
        {
            await Wait.For(client.ReadAsync("a"));
            return StatusCode.Ok;
        }
        catch (RpcException error)
        {
            Assert.True(error.CertainlyNotRun);
            return error.StatusCode;
        }
    }
}
