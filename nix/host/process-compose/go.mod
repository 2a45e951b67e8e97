module process-compose-pin

go 1.24.0

require github.com/f1bonacc1/process-compose v1.87.0
