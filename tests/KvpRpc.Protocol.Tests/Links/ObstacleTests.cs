using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>Peers with which no link can open: each ends in a sentence that says what to do, and nothing is
/// answered.</summary>
public sealed class ObstacleTests
{
    private static readonly Guid VmId = new("11111111-2222-3333-4444-555555555555");

    [Theory]
    [InlineData(true, false, "The peer has a pre-shared key and this side has none: give this side the same key.")]
    [InlineData(false, true, "This side has a pre-shared key and the peer has none: give the peer the same key.")]
    public void A_pre_shared_key_on_one_side_alone_opens_no_link(bool host, bool guest, string obstacle)
    {
        using LinkEngine hosting = New(PeerRole.Host, usesKey: host);
        using LinkEngine answering = New(PeerRole.Guest, usesKey: guest);
        string beacon = Written(answering);
        Show(answering, Written(hosting));
        Assert.Equal(LinkState.Greeting, answering.State);
        Assert.Equal(obstacle, answering.Obstacle);
        Assert.Empty(Batch(answering));
        Show(hosting, beacon);
        Assert.NotEqual(obstacle, hosting.Obstacle);
        Assert.Contains("pre-shared key", hosting.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hello_for_another_vm_is_not_answered()
    {
        using LinkEngine hosting = New(PeerRole.Host, vmId: VmId);
        using LinkEngine answering = New(PeerRole.Guest, vmId: Guid.Empty);
        Written(answering);
        Show(answering, Written(hosting));
        Assert.Equal(LinkState.Greeting, answering.State);
        Assert.Contains("copy of another VM's", answering.Obstacle, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_of_later_versions_alone_is_named_with_its_versions(bool isGuest)
    {
        using LinkEngine answering = New(isGuest ? PeerRole.Guest : PeerRole.Host);
        Written(answering);
        Show(answering, Text([.. "KV"u8, 2, 3, .. new byte[80]]));
        Assert.Equal(LinkState.Greeting, answering.State);
        Assert.Contains("versions 2 to 3", answering.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hello_of_the_own_role_is_not_answered()
    {
        using LinkEngine hosting = New(PeerRole.Host);
        using LinkEngine other = New(PeerRole.Host);
        Written(hosting);
        Show(hosting, Written(other));
        Assert.Equal(LinkState.Greeting, hosting.State);
        Assert.Contains("another host", hosting.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_hello_is_not_answered_at_any_length()
    {
        using LinkEngine hosting = New(PeerRole.Host);
        string hello = Written(hosting);
        for (int length = 0; length < hello.Length; length++)
        {
            using LinkEngine answering = New(PeerRole.Guest);
            Written(answering);
            Show(answering, hello[..length]);
            Assert.Equal(LinkState.Greeting, answering.State);
            Assert.Empty(Batch(answering));
        }
    }

    private static LinkEngine New(PeerRole role, bool usesKey = false, Guid? vmId = null) => new(
        new() { Role = role, VmId = vmId ?? VmId, UsesPreSharedKey = usesKey }, new SimulatedCrypto((ulong)role + 7),
        default);

    private static string Written(LinkEngine engine)
    {
        OwnItem item = Assert.Single(Batch(engine));
        engine.HandleWritten(item, WriteResult.Landed, default);
        return item.Value.ToString();
    }

    private static List<OwnItem> Batch(LinkEngine engine)
    {
        List<OwnItem> batch = [];
        engine.CollectWrites(batch, 8, default);
        return batch;
    }

    private static void Show(LinkEngine engine, string text)
    {
        engine.BeginRead();
        engine.HandleItem("kvprpc.default.0", text, default);
        engine.EndRead(default);
    }

    private static string Text(byte[] bytes)
    {
        char[] text = new char[Base64Alphabet.Instance.UnitsFor(bytes.Length)];
        Base64Alphabet.Instance.Encode(bytes, text);
        return "h" + new string(text);
    }
}
