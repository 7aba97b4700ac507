System.Console.WriteLine("kvprpc");
