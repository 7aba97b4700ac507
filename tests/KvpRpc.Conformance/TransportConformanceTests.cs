using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>One test for each sentence that <see cref="IKvpTransport"/> promises. Derive from
/// <see cref="WaitingTransportConformanceTests"/> or <see cref="PollingTransportConformanceTests"/> to hold a transport
/// to them.</summary>
public abstract class TransportConformanceTests : TransportChangeTests
{
    public static TheoryData<string> CarriedTexts => [.. TextSamples.Carried.Keys];

    public static TheoryData<string> UncarriedTexts => [.. TextSamples.Uncarried.Keys];

    [Fact(Timeout = TestTimeout)]
    public async Task The_limits_are_those_of_hyper_v_or_wider()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        Assert.Equal(254, transport.Limits.MaxKeyUnits);
        Assert.InRange(transport.Limits.MaxValueUnits, 1022, 1023);
        Assert.True(transport.Limits.MaxValueUtf8Bytes is null or >= 2044);
        Assert.InRange(transport.Limits.MaxItemsPerBatch, 1, 128);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task An_item_that_landed_is_in_the_own_table_at_once_and_at_the_peer_soon()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        await LandAsync(transport, Key(1), "one");

        Assert.Equal("one", (await ReadOwnAsync(transport))[Key(1)]);
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == "one");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Writing_an_item_again_gives_it_the_new_value_only()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        foreach (string value in new[] { "a longer value than the next", "short", "", "longer again, but not so long" })
        {
            await LandAsync(transport, Key(1), value);

            Assert.Equal(value, (await ReadOwnAsync(transport))[Key(1)]);
            await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == value);
        }
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_deleted_item_is_gone_or_empty_and_can_be_written_again()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await LandAsync(transport, (Key(1), "one"), (Key(2), "two"), (Key(3), "three"));

        await LandAsync(transport, Key(2), null);

        IReadOnlyDictionary<string, string> own = await ReadOwnAsync(transport);
        Assert.Equal(("one", "", "three"), (own[Key(1)], own.GetValueOrDefault(Key(2), ""), own[Key(3)]));
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(2), "").Length == 0);
        await LandAsync(transport, Key(2), "again");
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(2)) == "again");
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(3)) == "three");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Deleting_an_item_that_does_not_exist_succeeds()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        await LandAsync(transport, Key(9), null);
        await LandAsync(transport, Key(9), null);

        Assert.Equal("", (await ReadOwnAsync(transport)).GetValueOrDefault(Key(9), ""));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task An_empty_batch_completes()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        await transport.WriteAsync([], Canceled);

        Assert.DoesNotContain(await ReadOwnAsync(transport), item => IsOurs(item.Key));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_full_batch_lands()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        (string, string?)[] items =
            [.. Enumerable.Range(0, transport.Limits.MaxItemsPerBatch).Select(n => (Key(n), (string?)$"value {n}"))];

        await LandAsync(transport, items);

        await AtPeerAsync(pair, view => items.All(item => view.GetValueOrDefault(item.Item1) == item.Item2));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_batch_may_mix_new_items_changed_items_and_deletes()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await LandAsync(transport, (Key(1), "old"), (Key(2), "old"), (Key(3), "old"));

        await LandAsync(transport, (Key(4), "new"), (Key(1), "changed"), (Key(2), null), (Key(5), null),
            (Key(6), "new"));

        IReadOnlyDictionary<string, string> own = await ReadOwnAsync(transport);
        Assert.Equal(
            ["changed", "", "old", "new", "", "new"],
            Enumerable.Range(1, 6).Select(n => own.GetValueOrDefault(Key(n), "")));
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(6)) == "new");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_value_at_the_limit_arrives_whole()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        int units = transport.Limits.MaxValueUnits;
        string ascii = string.Concat(Enumerable.Range(0, units).Select(n => (char)('!' + (n % 90))));
        string wide = Widest(transport.Limits, extra: 0);
        string beyondTheBmp = string.Concat(Enumerable.Repeat("\U0001F600", 510));

        await LandAsync(transport, (Key(1), ascii), (Key(2), wide), (Key(3), beyondTheBmp));

        IReadOnlyDictionary<string, string> own = await ReadOwnAsync(transport);
        Assert.Equal((ascii, wide, beyondTheBmp), (own[Key(1)], own[Key(2)], own[Key(3)]));
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == ascii
            && view.GetValueOrDefault(Key(2)) == wide && view.GetValueOrDefault(Key(3)) == beyondTheBmp);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_value_over_the_limit_is_refused_and_its_neighbours_land()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await LandAsync(transport, (Key(1), "old"), (Key(2), "old"));
        KvpItemWrite tooLong = Write(Key(1), new string('x', transport.Limits.MaxValueUnits + 1));
        KvpItemWrite tooWide = Write(Key(2), transport.Limits.MaxValueUtf8Bytes is null
            ? tooLong.Value.ToString() : Widest(transport.Limits, extra: 1));
        KvpItemWrite neighbour = Write(Key(3), "fits");

        await transport.WriteAsync([tooLong, neighbour, tooWide], Canceled);

        AssertRefused(tooLong);
        AssertRefused(tooWide);
        AssertLanded(neighbour);
        IReadOnlyDictionary<string, string> own = await ReadOwnAsync(transport);
        Assert.Equal(("old", "old", "fits"), (own[Key(1)], own[Key(2)], own[Key(3)]));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_key_at_the_limit_lands_and_a_longer_one_is_refused()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        string longest = TransportPair.Prefix.PadRight(transport.Limits.MaxKeyUnits, 'k');
        KvpItemWrite tooLong = Write(longest + "k", "value");

        await LandAsync(transport, longest, "value");
        await transport.WriteAsync([tooLong], Canceled);

        AssertRefused(tooLong);
        await AtPeerAsync(pair, view => view.GetValueOrDefault(longest) == "value");
        Assert.Single(await ReadOwnAsync(transport), item => IsOurs(item.Key));
    }

    [Theory(Timeout = TestTimeout)]
    [MemberData(nameof(CarriedTexts))]
    public async Task Text_that_the_medium_carries_arrives_unchanged_both_ways(string sample)
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        string text = TextSamples.Carried[sample];

        await LandAsync(transport, Key(1), text);
        await pair.SetPeerItemAsync("peer", text);

        Assert.Equal(text, (await ReadOwnAsync(transport))[Key(1)]);
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == text);
        await InPeerTableAsync(transport, items => items.GetValueOrDefault("peer") == text);
    }

    [Theory(Timeout = TestTimeout)]
    [MemberData(nameof(UncarriedTexts))]
    public async Task Text_that_the_medium_does_not_carry_is_refused_or_unchanged(string sample)
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await LandAsync(transport, Key(1), "old");
        KvpItemWrite write = Write(Key(1), TextSamples.Uncarried[sample]);

        await transport.WriteAsync([write], Canceled);

        Assert.NotEqual(KvpWriteOutcome.InDoubt, write.Outcome);
        string expected = write.Outcome is KvpWriteOutcome.Landed ? TextSamples.Uncarried[sample] : "old";
        Assert.Equal(expected, (await ReadOwnAsync(transport))[Key(1)]);
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == expected);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_write_that_is_used_again_forgets_what_came_of_it_before()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        KvpItemWrite write = Write(Key(1), new string('x', 2000));
        await transport.WriteAsync([write], Canceled);
        AssertRefused(write);

        write.Value = "fits".AsMemory();
        await transport.WriteAsync([write], Canceled);

        AssertLanded(write);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Items_of_others_are_shown_and_keep_their_bytes()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await pair.SetForeignItemAsync("Other.1", "before");
        await LandAsync(transport, (Key(1), "one"), (Key(2), "two"));
        await pair.SetForeignItemAsync("Other.2", "\u00E9 between \U0001F600");
        await LandAsync(transport, (Key(1), null), (Key(2), "changed"), (Key(3), "three"));

        IReadOnlyDictionary<string, string> own = await ReadOwnAsync(transport);

        Assert.Equal(("before", "\u00E9 between \U0001F600"), (own["Other.1"], own["Other.2"]));
        await AtPeerAsync(pair, view => view.GetValueOrDefault("Other.1") == "before"
            && view.GetValueOrDefault("Other.2") == "\u00E9 between \U0001F600");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Changes_that_the_peer_makes_show_in_a_read()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await pair.SetPeerItemAsync("a", "1");
        await pair.SetPeerItemAsync("b", "2");
        await InPeerTableAsync(transport, items => items.GetValueOrDefault("a") == "1" && items.ContainsKey("b"));

        await pair.SetPeerItemAsync("a", "3");
        await pair.DeletePeerItemAsync("b");

        await InPeerTableAsync(transport, items =>
            items.GetValueOrDefault("a") == "3" && items.GetValueOrDefault("b", "").Length == 0);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Odd_keys_of_others_are_shown_as_they_are()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        foreach (string key in TextSamples.OddKeys) await pair.SetPeerItemAsync(key, "value of " + key[..1]);

        await InPeerTableAsync(transport, items =>
            TextSamples.OddKeys.All(key => items.GetValueOrDefault(key) == "value of " + key[..1]));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Many_items_of_others_do_not_matter()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        for (int n = 0; n < 300; n++)
        {
            await pair.SetPeerItemAsync($"Peer.{n}", new string((char)('a' + (n % 26)), 1000));
            await pair.SetForeignItemAsync($"Other.{n}", $"{n}");
        }

        await LandAsync(transport, (Key(1), "one"), (Key(2), "two"));

        await InPeerTableAsync(transport, items => Enumerable.Range(0, 300).All(n => items.ContainsKey($"Peer.{n}")));
        IReadOnlyDictionary<string, string> own = await ReadOwnAsync(transport);
        Assert.Equal("two", own[Key(2)]);
        Assert.All(Enumerable.Range(0, 300), n => Assert.Equal($"{n}", own[$"Other.{n}"]));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_later_transport_finds_what_an_earlier_one_left()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using (IKvpTransport earlier = await pair.OpenTransportAsync())
            await LandAsync(earlier, (Key(1), "left"), (Key(2), "left"));

        await using IKvpTransport later = await pair.OpenTransportAsync();

        Assert.Equal("left", (await ReadOwnAsync(later))[Key(1)]);
        await LandAsync(later, (Key(3), "new"), (Key(1), "changed"), (Key(2), null));
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == "changed"
            && view.GetValueOrDefault(Key(2), "").Length == 0 && view.GetValueOrDefault(Key(3)) == "new");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_transport_may_be_disposed_twice()
    {
        await using TransportPair pair = await OpenPairAsync();
        IKvpTransport transport = await pair.OpenTransportAsync();
        await LandAsync(transport, Key(1), "one");

        await transport.DisposeAsync();
        await transport.DisposeAsync();

        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == "one");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Healthy_tables_show_no_problem()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await LandAsync(transport, Key(1), "one");
        await ReadOwnAsync(transport);
        await ReadPeerAsync(transport);

        Assert.Empty(transport.Problems);
    }
}
