using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Tests.Guests;

/// <summary>The habits of the daemon and of the kernel that an in-memory Linux guest copies.</summary>
public sealed class LinuxMemoryGuestTests : IAsyncDisposable
{
    private readonly LinuxMemoryGuest _guest = new();

    [Fact]
    public async Task Records_keep_their_place_when_changed_and_move_up_when_one_is_deleted()
    {
        await BootAsync();
        foreach (string key in new[] { "a", "b", "c" }) await OkAsync(KvpRequest.Set(KvpPool.External, key, "1"));

        await OkAsync(KvpRequest.Set(KvpPool.External, "b", "2"));
        await OkAsync(KvpRequest.Delete(KvpPool.External, "a"));
        await OkAsync(KvpRequest.Set(KvpPool.External, "a", "3"));

        Assert.Equal("b=2 c=1 a=3", await EnumerateAsync(KvpPool.External));
    }

    [Fact]
    public async Task Keys_match_exactly()
    {
        await BootAsync();
        await OkAsync(KvpRequest.Set(KvpPool.External, "Salt", "1"));
        await OkAsync(KvpRequest.Set(KvpPool.External, "salt", "2"));

        Assert.Equal("Salt=1 salt=2", await EnumerateAsync(KvpPool.External));
        Assert.Equal(KvpResponse.NoMoreItems, await StatusOfAsync(KvpRequest.Get(KvpPool.External, "SALT")));
        Assert.Equal(KvpResponse.NoMoreItems, await StatusOfAsync(KvpRequest.Delete(KvpPool.External, "SALT")));
        Assert.Equal(KvpResponse.Ok, await StatusOfAsync(KvpRequest.Get(KvpPool.External, "salt")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\u4E2D\u6587")]
    public async Task Text_comes_back_as_it_was(string text)
    {
        await BootAsync();
        await OkAsync(KvpRequest.Set(KvpPool.External, "key", text));

        Assert.Equal("key=" + text, await EnumerateAsync(KvpPool.External));
    }

    [Fact]
    public async Task Text_is_cut_at_a_nul_and_loses_lone_surrogates()
    {
        await BootAsync();
        await OkAsync(KvpRequest.Set(KvpPool.External, "key", "a\uD83Db\uDE00\U0001F600c\0d"));

        Assert.Equal("key=ab\U0001F600c", await EnumerateAsync(KvpPool.External));
    }

    [Fact]
    public async Task A_value_is_cut_at_2047_bytes_on_the_way_in_and_at_1022_units_on_the_way_out()
    {
        await BootAsync();
        await OkAsync(KvpRequest.Set(KvpPool.External, "wide", new string('\u4E2D', 1000)));
        await OkAsync(KvpRequest.Set(KvpPool.External, "long", new string('x', 1023)));
        await OkAsync(KvpRequest.Set(KvpPool.External, "pair", new string('x', 1021) + "\U0001F600"));

        Assert.Equal(
            $"wide={new string('\u4E2D', 682)} long={new string('x', 1022)} pair={new string('x', 1021)}",
            await EnumerateAsync(KvpPool.External));
    }

    [Fact]
    public async Task A_guest_that_is_off_or_has_no_service_fails()
    {
        KvpRequest request = KvpRequest.Enumerate(KvpPool.Guest, 0);
        Assert.Equal(KvpResponse.Failed, await StatusOfAsync(request));
        await BootAsync();
        Assert.Equal(KvpResponse.NoMoreItems, await StatusOfAsync(request));
        await _guest.StopServiceAsync(TestContext.Current.CancellationToken);
        Assert.Equal(KvpResponse.Failed, await StatusOfAsync(request));
    }

    public ValueTask DisposeAsync() => _guest.DisposeAsync();

    private ValueTask BootAsync() => _guest.BootAsync(TestContext.Current.CancellationToken);

    private async Task<uint> StatusOfAsync(KvpRequest request) =>
        (await _guest.TransactAsync(request, TestContext.Current.CancellationToken)).Status;

    private async Task OkAsync(KvpRequest request) => Assert.Equal(KvpResponse.Ok, await StatusOfAsync(request));

    private async Task<string> EnumerateAsync(KvpPool pool)
    {
        List<string> items = [];
        for (int index = 0; ; index++)
        {
            KvpResponse item = await _guest.TransactAsync(
                KvpRequest.Enumerate(pool, index), TestContext.Current.CancellationToken);
            if (!item.IsOk) return string.Join(' ', items);
            items.Add($"{item.Key}={item.Value}");
        }
    }
}
