using KvpRpc.Conformance;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Tests.Conformance;

/// <summary>The suite finds a transport that breaks a promise: each lie is caught by the test that is there for it.
/// </summary>
public sealed class ConformanceSuiteTests
{
    [Fact]
    public Task A_cut_value_is_caught() =>
        CatchesAsync(Lie.CutsLongValues, suite => suite.A_value_at_the_limit_arrives_whole());

    [Fact]
    public Task A_missing_refusal_is_caught() =>
        CatchesAsync(Lie.TakesWhatIsTooLong,
            suite => suite.A_value_over_the_limit_is_refused_and_its_neighbours_land());

    [Fact]
    public Task An_altered_text_is_caught() => CatchesAsync(
        Lie.ChangesText,
        suite => suite.Text_that_the_medium_carries_arrives_unchanged_both_ways("Latin with marks, not composed"));

    [Fact]
    public Task A_forgotten_delete_is_caught() =>
        CatchesAsync(Lie.ForgetsDeletes, suite => suite.A_deleted_item_is_gone_or_empty_and_can_be_written_again());

    [Fact]
    public Task A_delete_that_fails_is_caught() =>
        CatchesAsync(Lie.FailsDeletesOfTheMissing, suite => suite.Deleting_an_item_that_does_not_exist_succeeds());

    [Fact]
    public Task A_lost_item_is_caught() =>
        CatchesAsync(Lie.LosesTheLastItemOfABatch,
            suite => suite.A_batch_may_mix_new_items_changed_items_and_deletes());

    [Fact]
    public Task A_false_report_is_caught() => CatchesAsync(
        Lie.ReportsLandedWithoutWriting,
        suite => suite.An_item_that_landed_is_in_the_own_table_at_once_and_at_the_peer_soon());

    [Fact]
    public Task A_torn_value_is_caught() => CatchesAsync(
        Lie.TearsValues, suite => suite.A_read_beside_changes_shows_only_values_that_were_written_whole());

    [Fact]
    public Task A_key_that_shows_twice_is_caught() =>
        CatchesAsync(Lie.ShowsKeysTwice, suite => suite.Items_of_others_are_shown_and_keep_their_bytes());

    [Fact]
    public Task A_hidden_item_of_others_is_caught() =>
        CatchesAsync(Lie.HidesForeignItems, suite => suite.Items_of_others_are_shown_and_keep_their_bytes());

    [Fact]
    public Task A_forgotten_past_is_caught() =>
        CatchesAsync(Lie.StartsEmpty, suite => suite.A_later_transport_finds_what_an_earlier_one_left());

    [Theory]
    [InlineData(Lie.MissesChanges)]
    [InlineData(Lie.IgnoresCancellationOfAWait)]
    public async Task A_wait_that_hangs_is_caught(Lie lie)
    {
        LyingSuite suite = new(lie);
        Task test = lie is Lie.MissesChanges
            ? suite.A_change_before_the_wait_but_after_the_read_ends_the_wait()
            : suite.A_wait_that_is_given_up_leaves_a_transport_that_can_wait();

        // In the suite the timeout of the test ends it. A guest in memory has the change at hand when the wait begins,
        // so a wait that is not over then never will be.
        await suite.WaitBegan;
        await Task.Yield();
        Assert.False(test.IsCompletedSuccessfully);
        await suite.EndAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => test);
    }

    private static async Task CatchesAsync(Lie lie, Func<TransportConformanceTests, Task> test)
    {
        Exception? caught = await Record.ExceptionAsync(() => test(new LyingSuite(lie)));

        Assert.True(caught is Xunit.Sdk.XunitException or KeyNotFoundException, $"{lie}: {caught}");
    }

    // Not public, so that it is not run as a suite of its own.
    private sealed class LyingSuite(Lie lie) : WaitingTransportConformanceTests
    {
        private readonly TaskCompletionSource _waitBegan = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private EmulatedVirtualMachine? _machine;

        internal Task WaitBegan => _waitBegan.Task;

        internal Task EndAsync() => _machine!.TurnOffAsync(TestContext.Current.CancellationToken);

        protected override async ValueTask<TransportPair> OpenPairAsync()
        {
            EmulatedHyperV hyperV = new();
            _machine = hyperV.AddVirtualMachine("guest");
            await _machine.StartAsync(TestContext.Current.CancellationToken);
            return new TransportPairOfTransports(
                () => ValueTask.FromResult<IKvpTransport>(
                    new LyingTransport(_machine.OpenGuestTransport(TransportPair.Prefix), lie, _waitBegan)),
                _machine.OpenHostTransport(""),
                _machine.OpenGuestTransport("Other."),
                hyperV);
        }
    }
}
